package io.promdisco.config.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promdisco.config.ConfigException;
import io.promdisco.config.Problem;
import io.promdisco.config.Secret;
import io.promdisco.config.WebConfig;
import io.promdisco.config.WebConfig.ClientAuth;
import io.promdisco.config.WebConfig.Tls;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebConfigLoaderTest {
  private static final Path FILE = Path.of("etc", "web.yml");
  private static final String HASH = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

  private static WebConfig read(String yaml) throws ConfigException {
    return WebConfigLoader.read(FILE, yaml.getBytes(UTF_8));
  }

  private static List<String> mistakes(String yaml) {
    ConfigException refused = catchThrowableOfType(ConfigException.class, () -> read(yaml));
    assertThat(refused).as(yaml).isNotNull();
    return refused.problems().stream().map(Problem::toString).toList();
  }

  @Test
  void everythingIsRead() throws Exception {
    WebConfig config =
        read(
            """
            tls_server_config:
              cert_file: server.crt
              key_file: /keys/server.key
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: ca.crt
              client_allowed_sans: [prometheus.example.org]
              min_version: TLS13
              max_version: TLS13
              cipher_suites: [TLS_AES_128_GCM_SHA256]
              prefer_server_cipher_suites: false
            http_server_config:
              http2: false
              headers: {X-Frame-Options: deny, Strict-Transport-Security: max-age=60}
            basic_auth_users:
              anna: %s
            """
                .formatted(HASH));

    assertThat(config.tls())
        .contains(
            new Tls(
                "",
                "etc/server.crt",
                Secret.NONE,
                "/keys/server.key",
                ClientAuth.REQUIRE_AND_VERIFY_CLIENT_CERT,
                "",
                "etc/ca.crt",
                List.of("prometheus.example.org"),
                "TLS13",
                "TLS13",
                List.of("TLS_AES_128_GCM_SHA256"),
                false));
    assertThat(config.headers())
        .isEqualTo(Map.of("X-Frame-Options", "deny", "Strict-Transport-Security", "max-age=60"));
    assertThat(config.users()).isEqualTo(Map.of("anna", new Secret(HASH)));
    assertThat(config.toString()).doesNotContain(HASH);
  }

  @Test
  void defaultsAreThoseOfPrometheus() throws Exception {
    assertThat(read("")).isEqualTo(WebConfig.OPEN);
    assertThat(read("tls_server_config:\nbasic_auth_users: {}\n")).isEqualTo(WebConfig.OPEN);
    Tls tls = read("tls_server_config: {cert: c, key: k}").tls().orElseThrow();
    assertThat(tls.clientAuth()).isEqualTo(ClientAuth.NO_CLIENT_CERT);
    assertThat(tls.minVersion()).isEqualTo("TLS12");
    assertThat(tls.maxVersion()).isEqualTo("TLS13");
    assertThat(tls.serverOrder()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tls_server_config: {cert_file: a} | 1:20: tls_server_config: missing one of key or key_file
          tls_server_config: {key_file: a} | 1:20: tls_server_config: missing one of cert or cert_file
          tls_server_config: {cert: a, key: b, client_ca: c} | 1:49: tls_server_config.client_ca: client CAs have no effect without client_auth_type (expected: RequireAndVerifyClientCert)
          tls_server_config: {cert: a, key: b, min_version: SSL3} | 1:51: tls_server_config.min_version: unknown TLS version: SSL3 (expected: one of TLS10, TLS11, TLS12, TLS13)
          tls_server_config: {cert: a, key: b, min_version: TLS13, max_version: TLS12} | 1:51: tls_server_config.min_version: TLS13 (expected: at most max_version, TLS12)
          tls_server_config: {cert: a, key: b, client_auth_type: Always} | unknown policy "Always" (expected: one of NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, RequireAndVerifyClientCert)
          tls_server_config: {cert: a, key: b, client_allowed_sans: [x]} | no effect unless clients need a certificate
          tls_server_config: {cert: a, key: b, cipher_suites: [ROT13]} | 1:54: tls_server_config.cipher_suites[0]: unknown cipher: ROT13
          tls_server_config: {cert: a, key: b, curve_preferences: [X25519]} | curve_preferences: not supported
          http_server_config: {headers: {Server: x}} | header "Server" cannot be set (expected: one of Content-Security-Policy, Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options, X-XSS-Protection)
          http_server_config: {headers: {X-Frame-Options: maybe}} | invalid value of X-Frame-Options: "maybe" (expected: one of deny, sameorigin)
          basic_auth_users: {anna: hunter2} | user "anna": not a bcrypt hash
          rate_limit: {burst: 1} | rate_limit: not supported
          basic_auth_user: {} | field basic_auth_user not found
          """)
  void mistakesAreShownWithTheirPlaces(String yaml, String said) {
    List<String> mistakes = mistakes(yaml);
    assertThat(mistakes).singleElement().asString().startsWith("etc/web.yml:1:").contains(said);
    assertThat(mistakes.toString()).doesNotContain("hunter2");
  }

  @Test
  void allMistakesAreReportedAtOnce() {
    assertThat(mistakes("tls_server_config: {cert: a}\nbasic_auth_users: {a: b, c: d}\nx: 1\n"))
        .hasSize(4);
  }
}
