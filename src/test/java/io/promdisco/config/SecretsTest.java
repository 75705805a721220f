package io.promdisco.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.load.ConfigLoader.LoadResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A secret leaves the configuration only through {@link Secret#reveal()}. */
class SecretsTest {
  private static LoadResult read(String settings) {
    String yaml =
        "scrape_configs:\n- job_name: shop\n"
            + "  static_configs: [{targets: ['web:80']}]\n"
            + settings.indent(2);
    return new ConfigLoader().read("t.yml", yaml.getBytes(StandardCharsets.UTF_8), Path.of("."));
  }

  @Test
  void effectiveConfigurationAndRecordsHideThem() {
    Configuration configuration =
        read("""
        basic_auth: {username: u, password: hunter2}
        tls_config: {cert: c, key: hunter2}
        proxy_url: http://u:hunter2@proxy:3128
        proxy_connect_header: {X: [hunter2]}
        http_headers: {X-Key: {secrets: [hunter2]}}
        kubernetes_sd_configs:
        - role: pod
          api_server: https://u:hunter2@api:6443
          bearer_token: hunter2
        http_sd_configs:
        - url: https://u:hunter2@sd/x
          proxy_url: http://u:hunter2@proxy:3128
          oauth2:
            client_id: i
            client_secret: hunter2
            token_url: https://u:hunter2@idp/token
        """)
            .configuration()
            .orElseThrow();

    assertThat(configuration.jobs()).hasSize(1);
    assertThat(configuration.effective().toString()).contains("<secret>").doesNotContain("hunter2");
    assertThat(configuration.toString()).doesNotContain("hunter2");
    KubernetesSdConfig pods =
        configuration.jobs().get(0).sdConfigs().stream()
            .filter(KubernetesSdConfig.class::isInstance)
            .map(KubernetesSdConfig.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(pods.http().authorization().orElseThrow().credentials().reveal())
        .isEqualTo("hunter2");
    assertThat(pods.apiServer()).contains("https://u:hunter2@api:6443");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "basic_auth: hunter2",
        "basic_auth: {username: u, password: [hunter2]}",
        "basic_auth: {username: u, password: hunter2, password_file: x}",
        "authorization: hunter2",
        "authorization: {credentials: {hunter2: hunter2}}",
        "authorization: {type: basic, credentials: hunter2}",
        "bearer_token: [hunter2]",
        "bearer_token: hunter2\nbearer_token_file: x",
        "oauth2: {client_id: i, client_secret: [hunter2], token_url: http://x}",
        "oauth2: hunter2",
        "tls_config: hunter2",
        "tls_config: {key: hunter2}",
        "tls_config: {key: [hunter2]}",
        "proxy_connect_header: hunter2",
        "proxy_connect_header: {X: hunter2}",
        "proxy_connect_header: {X: [[hunter2]]}",
        "http_headers: {X: {secrets: hunter2}}",
        "http_headers: {X: hunter2}",
        "proxy_url: 'http://u:hunter2@proxy:x'",
        "proxy_url: 'http://u:hunter2/@proxy:3128'",
        "proxy_url: 'http://u:hun@hunter2@[proxy'",
        "http_sd_configs: [{url: 'ftp://u:hunter2@sd'}]",
        "http_sd_configs: [{url: 'u:hunter2@sd'}]",
        "bearer_token: \"hunter2\\q\"",
        "bearer_token: 'hunter2"
      })
  void noMessageShowsThem(String settings) {
    LoadResult result = read(settings);

    assertThat(result.configuration()).isEmpty();
    assertThat(result.problems()).isNotEmpty();
    assertThat(new ConfigException(result.problems()).getMessage()).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "basic_auth: {username: u, password: *hunter2}",
        "basic_auth:\n  password:\n    *hunter2",
        "authorization: {credentials: !hunter2!x a}",
        "authorization: {credentials: !!int hunter2}",
        "basic_auth: {password: !!binary hunter2}",
        "basic_auth: {password: 'hunter2' hunter2}",
        "basic_auth: {password: @hunter2}",
        "basic_auth: {password: \"hunter2\\q\"}"
      })
  void valuesThatAreNotYamlStayHidden(String settings) {
    LoadResult result = read(settings);

    assertThat(result.configuration()).isEmpty();
    assertThat(result.problems().toString()).doesNotContain("hunter2");
  }
}
