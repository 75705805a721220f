package io.promdisco;

import static io.promdisco.testing.Eventually.eventually;
import static io.promdisco.testing.FakeServer.body;
import static io.promdisco.testing.FakeServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.Configuration;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.sim.DemoCluster;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.sim.SimOptions;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.FakeServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Third-party HTTP servers, from end to end. */
class ThirdPartyServersTest {
  private static final String POD =
      """
      {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": [
       {"metadata": {"name": "web", "namespace": "shop", "uid": "u", "resourceVersion": "1"},
        "spec": {"containers": [{"name": "c", "ports": [{"containerPort": 80}]}]},
        "status": {"phase": "Running", "podIP": "127.0.2.1", "podIPs": [{"ip": "127.0.2.1"}]}}]}
      """;

  private static final String BOOKMARK =
      "{\"type\": \"BOOKMARK\", \"object\": {\"kind\": \"Pod\", \"apiVersion\": \"v1\","
          + " \"metadata\": {\"resourceVersion\": \"2\"}}}";

  private static final byte[] LOGIN = "<html><title>Sign in</title></html>".getBytes(UTF_8);

  @TempDir private Path folder = Path.of("");

  private Configuration load(String jobs) {
    var result =
        new ConfigLoader().read("config.yml", ("scrape_configs:\n" + jobs).getBytes(UTF_8), folder);
    return result.configuration().orElseThrow(() -> new AssertionError(result.problems()));
  }

  private static void allHaveTargets(Promdisco promdisco) {
    assertThat(promdisco.pools())
        .isNotEmpty()
        .allSatisfy(pool -> assertThat(pool.activeTargets()).as(pool.job()).isNotEmpty());
  }

  private static void everyProviderFails(Promdisco promdisco, String part) {
    eventually(
        () ->
            assertThat(promdisco.providers())
                .isNotEmpty()
                .allSatisfy(
                    provider ->
                        assertThat(provider.failures())
                            .as(provider.toString())
                            .anySatisfy(failure -> assertThat(failure.toString()).contains(part))));
  }

  private static void answerLists(FakeServer api) {
    api.answer(
        exchange -> {
          String uri = exchange.getRequestURI().toString();
          if (uri.contains("sendInitialEvents")) {
            json(422, "{\"kind\": \"Status\", \"reason\": \"Invalid\", \"code\": 422}")
                .handle(exchange);
          } else {
            json(200, uri.contains("watch=true") ? BOOKMARK : POD).handle(exchange);
          }
        });
  }

  @Test
  void aLoginPageIsReportedAndKeepsTheTargets() throws Exception {
    FakeServer.Handler targets = json(200, "[{\"targets\": [\"127.0.0.1:1\"]}]");
    FakeServer.Handler token = json(200, "{\"access_token\": \"t\", \"expires_in\": 11}");
    try (FakeServer api = FakeServer.start(json(200, ""));
        FakeServer sd = FakeServer.start(targets);
        FakeServer behindTokens = FakeServer.start(targets);
        FakeServer tokens = FakeServer.start(token);
        Promdisco promdisco = Promdisco.builder().build()) {
      answerLists(api);
      promdisco.apply(
          load(
              """
              - job_name: pods
                kubernetes_sd_configs: [{role: pod, api_server: '%s/k8s/clusters/c-1'}]
              - job_name: http
                http_sd_configs: [{url: '%s/sd', refresh_interval: 500ms}]
              - job_name: tokens
                http_sd_configs:
                - url: '%s/sd'
                  refresh_interval: 500ms
                  oauth2: {client_id: me, client_secret: s3cret, token_url: '%s/token'}
              """
                  .formatted(api.url(), sd.url(), behindTokens.url(), tokens.url())));
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(20))).isTrue();
      eventually(() -> allHaveTargets(promdisco));
      assertThat(api.requests)
          .allSatisfy(
              request -> assertThat(request.uri()).startsWith("/k8s/clusters/c-1/api/v1/pods?"));

      for (FakeServer server : new FakeServer[] {api, sd, tokens}) {
        server.answer(body(200, "text/html", LOGIN));
      }
      everyProviderFails(promdisco, "text/html");
      everyProviderFails(promdisco, "Sign in");
      allHaveTargets(promdisco);

      answerLists(api);
      sd.answer(targets);
      tokens.answer(token);
      eventually(
          () ->
              assertThat(promdisco.providers()).flatExtracting(ProviderStatus::failures).isEmpty());
      allHaveTargets(promdisco);
    }
  }

  @Test
  void everySourceTrustsServersThatItsCaCertifies() throws Exception {
    Certificates ca = Certificates.authority("root");
    Certificates between = ca.issue(Certificates.Content.of("between", "EC", "").authority());
    Certificates server = between.issue(Certificates.Content.of("server", "EC", "ip:127.0.0.1"));
    Certificates client = ca.issue(Certificates.Content.of("client", "Ed25519", ""));
    Files.writeString(folder.resolve("ca.crt"), ca.certificate());
    Files.writeString(folder.resolve("me.crt"), client.certificate());
    Files.writeString(folder.resolve("me.key"), client.key());
    SimCluster cluster = new SimCluster();
    DemoCluster.create(cluster).close();
    SimOptions options = new SimOptions().tls(server.server(), ca.certificate());
    try (SimApiServer api = SimApiServer.start(cluster, options);
        FakeServer sd =
            FakeServer.start(
                server.server(), true, json(200, "[{\"targets\": [\"127.0.0.1:1\"]}]"));
        FakeServer tokens =
            FakeServer.start(server.server(), json(200, "{\"access_token\": \"t\"}"));
        Promdisco promdisco = Promdisco.builder().build()) {
      api.writeKubeconfig(folder.resolve("kubeconfig"));
      promdisco.apply(
          load(
              """
              - job_name: kubeconfig
                kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig}]
              - job_name: api_server
                kubernetes_sd_configs:
                - role: node
                  api_server: '%s'
                  tls_config: {ca_file: ca.crt, min_version: TLS13}
              - job_name: http
                http_sd_configs:
                - url: '%s'
                  tls_config:
                    {ca_file: ca.crt, cert_file: me.crt, key_file: me.key, min_version: TLS13}
                  oauth2:
                    client_id: me
                    client_secret: s3cret
                    token_url: '%s/token'
                    tls_config: {ca_file: ca.crt, min_version: TLS13}
              """
                  .formatted(api.url(), sd.url(), tokens.url())));
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(20))).isTrue();
      eventually(() -> allHaveTargets(promdisco));
      assertThat(sd.requests.get(0).header("Authorization")).isEqualTo("Bearer t");
    }
  }
}
