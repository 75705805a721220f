package io.promdisco.cli;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.Promdisco;
import io.promdisco.config.ConfigException;
import io.promdisco.config.ConfigLoader;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.testing.ExpectsErrors;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeTest {
  @TempDir private Path folder = Path.of("");

  private static String job(String name, String target) {
    return "- job_name: " + name + "\n  static_configs: [{targets: ['" + target + "']}]\n";
  }

  @Test
  @ExpectsErrors("the second configuration is refused")
  void aBadReloadChangesNothingAndAGoodOneIsInForce() throws Exception {
    Path file = Files.writeString(folder.resolve("p.yml"), "scrape_configs:\n" + job("a", "h:1"));
    CollectorRegistry registry = new CollectorRegistry();
    PrometheusMetrics metrics = new PrometheusMetrics(registry);
    try (Promdisco promdisco = Promdisco.builder().metrics(metrics).build()) {
      Reload reload = new Reload(promdisco, file, metrics, registry);
      reload.apply(new ConfigLoader().load(file));
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(10))).isTrue();

      Files.writeString(file, "scrape_configs:\n- job: a\n");
      assertThat(refused(reload)).contains("job_name is empty");
      assertThat(promdisco.pools()).hasSize(1);
      assertThat(promdisco.pools().get(0).counts().active()).isEqualTo(1);
      assertThat(registry.getSampleValue("prometheus_config_last_reload_successful")).isZero();

      Files.writeString(file, "scrape_configs:\n" + job("a", "h:1") + job("b", "h:2"));
      reload.reload();
      eventually(
          () -> assertThat(promdisco.pool("b").orElseThrow().counts().active()).isEqualTo(1));
      assertThat(registry.getSampleValue("prometheus_config_last_reload_successful")).isOne();
    }
  }

  private static String refused(Reload reload) {
    try {
      reload.reload();
      return "";
    } catch (ConfigException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void aReloadOfOneJobTouchesNoOtherWatch() throws Exception {
    SimCluster cluster = new SimCluster();
    try (SimApiServer server = SimApiServer.start(cluster);
        Promdisco promdisco = Promdisco.builder().build()) {
      server.writeKubeconfig(folder.resolve("kubeconfig"));
      String kubernetes =
          """
          - job_name: pods
            kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig}]
          """;
      Path file = folder.resolve("p.yml");
      Files.writeString(file, "scrape_configs:\n" + kubernetes + job("a", "h:1"));
      promdisco.apply(new ConfigLoader().load(file));
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(10))).isTrue();
      int requests = server.requests().size();

      Files.writeString(file, "scrape_configs:\n" + kubernetes + job("a", "h:2"));
      promdisco.apply(new ConfigLoader().load(file));

      eventually(
          () ->
              assertThat(promdisco.pool("a").orElseThrow().activeTargets().get(0).scrapeUrl())
                  .isEqualTo("http://h:2/metrics"));
      assertThat(server.requests()).hasSize(requests);
    }
  }
}
