package io.promdisco.cli;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.HashCode;
import io.promdisco.Promdisco;
import io.promdisco.config.ConfigException;
import io.promdisco.config.ConfigLoader;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.scrape.Target;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.ExpectsErrors;
import io.promdisco.util.Closer;
import io.promdisco.util.SystemTicker;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
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
      Reload reload = new Reload(promdisco, new ConfigLoader(), file, metrics, registry);
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

  @Test
  @ExpectsErrors("the second configuration is refused")
  void aReloadLogsErrorsAsErrorsAndWarningsAsWarnings() throws Exception {
    Path file = Files.writeString(folder.resolve("p.yml"), "scrape_configs:\n" + job("a", "h:1"));
    CollectorRegistry registry = new CollectorRegistry();
    PrometheusMetrics metrics = new PrometheusMetrics(registry);
    try (Promdisco promdisco = Promdisco.builder().metrics(metrics).build();
        CapturedLog log = new CapturedLog()) {
      Reload reload = new Reload(promdisco, new ConfigLoader(), file, metrics, registry);
      Files.writeString(file, "scrape_configs:\n- job_name: b\n- job_name: c\n  foo: 1\n");
      assertThat(refused(reload).lines().map(line -> line.replaceAll("(?<=^\\w{1,9}: ).*/", "")))
          .satisfiesExactly(
              line -> assertThat(line).startsWith("warning: p.yml:2:3: scrape_configs[0]: no"),
              line -> assertThat(line).startsWith("warning: p.yml:3:3: scrape_configs[1]: no"),
              line -> assertThat(line).startsWith("error: p.yml:4:3: scrape_configs[1].foo: "));
      assertThat(log.lines("ERROR")).singleElement().asString().contains("p.yml:4:3: ");
      assertThat(log.lines("WARN")).hasSize(2).allMatch(line -> line.contains("no targets"));

      Files.writeString(
          file,
          "scrape_configs:\n"
              + job("a", "h:1")
              + "- {job_name: f, file_sd_configs: [{files: [none.json]}]}\n");
      reload.reload();
      assertThat(log.lines("ERROR")).hasSize(1);
      assertThat(log.lines("WARN", "none.json")).hasSize(1);
      assertThat(log.lines("INFO", "again: 2 jobs")).hasSize(1);
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
  void aWatchedFileIsInForceSoonAfterItChanged() throws Exception {
    Path file = Files.writeString(folder.resolve("p.yml"), "scrape_configs:\n" + job("a", "h:1"));
    CollectorRegistry registry = new CollectorRegistry();
    PrometheusMetrics metrics = new PrometheusMetrics(registry);
    try (Promdisco promdisco = Promdisco.builder().metrics(metrics).build();
        SystemTicker ticker = new SystemTicker();
        Closer closer = new Closer()) {
      Reload reload = new Reload(promdisco, new ConfigLoader(), file, metrics, registry);
      HashCode contents = ConfigWatch.contents(file, List.of());
      reload.apply(new ConfigLoader().load(file));
      closer.add(
          new ConfigWatch(
              ticker,
              file,
              contents,
              () -> ConfigWatch.patterns(reload.config().get("scrape_config_files")),
              reload::afterSignal));

      Files.writeString(file, "scrape_config_files: [jobs.yml]\n");
      Files.writeString(folder.resolve("jobs.yml"), "scrape_configs:\n" + job("b", "h:1"));
      eventually(() -> assertThat(promdisco.pool("b")).isPresent());

      Files.writeString(folder.resolve("jobs.yml"), "scrape_configs:\n" + job("c", "h:1"));
      eventually(() -> assertThat(promdisco.pool("c")).isPresent());
      assertThat(promdisco.pools()).hasSize(1);
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
              assertThat(promdisco.pool("a").orElseThrow().activeTargets())
                  .extracting(Target::scrapeUrl)
                  .containsExactly("http://h:2/metrics"));
      assertThat(server.requests()).hasSize(requests);
    }
  }

  @Test
  void aSourceThatFailsIsALineWhenItBreaksAndOneWhenItWorksAgain() throws Exception {
    CollectorRegistry registry = new CollectorRegistry();
    try (SimApiServer server = SimApiServer.start(new SimCluster());
        CapturedLog log = new CapturedLog();
        Promdisco promdisco =
            Promdisco.builder().metrics(new PrometheusMetrics(registry)).build()) {
      server.writeKubeconfig(folder.resolve("kubeconfig"));
      Path file = folder.resolve("p.yml");
      Files.writeString(
          file,
          """
          scrape_configs:
          - job_name: pods
            kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig}]
          """);
      promdisco.apply(new ConfigLoader().load(file));
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(10))).isTrue();

      server.stopListening();
      eventually(() -> assertThat(failures(registry)).isGreaterThanOrEqualTo(3));
      server.listenAgain();
      eventually(() -> assertThat(log.lines("works again")).hasSize(1));
      assertThat(log.lines("WARN")).singleElement().asString().contains("pods", "next try in");
    }
  }

  private static double failures(CollectorRegistry registry) {
    return Collections.list(registry.metricFamilySamples()).stream()
        .flatMap(family -> family.samples.stream())
        .filter(sample -> sample.name.equals("promdisco_kubernetes_watch_failures_total"))
        .mapToDouble(sample -> sample.value)
        .sum();
  }
}
