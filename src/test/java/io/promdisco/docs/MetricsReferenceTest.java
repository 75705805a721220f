package io.promdisco.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.Promdisco;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.offline.ManifestReader;
import io.promdisco.server.PromdiscoServer;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Compares the tables of docs/monitoring.md with {@code /metrics} of a running server. */
@Timeout(60)
class MetricsReferenceTest {
  private static final Path PAGE = Path.of("docs/monitoring.md");
  private static final Pattern ROW = Pattern.compile("\\| `([a-z]\\w+)` \\| (\\w+) \\|.*");
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\w+) (\\w+)");

  private static final Pattern METRIC = Pattern.compile("\\b(promdisco|prometheus)_\\w+");

  /** These depend on the JVM and the system. */
  private static final Pattern OF_THE_JVM = Pattern.compile("(jvm|process)_.*");

  @TempDir private Path folder = Path.of("");

  @Test
  void everyMetricIsDocumentedWithItsType() throws Exception {
    Map<String, String> documented = documented();
    Map<String, String> served = served();

    assertThat(documented).containsAllEntriesOf(served);
    documented.keySet().removeIf(name -> OF_THE_JVM.matcher(name).matches());
    assertThat(served).containsAllEntriesOf(documented);
  }

  @Test
  void alertsUseDocumentedMetrics() throws IOException {
    Map<String, String> documented = documented();
    List<String> used =
        Page.read(PAGE).blocks().stream()
            .flatMap(block -> METRIC.matcher(block.text()).results())
            .map(MatchResult::group)
            .toList();

    assertThat(used).isNotEmpty().allMatch(documented::containsKey);
  }

  private static Map<String, String> documented() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        assertThat(documented.put(row.group(1), row.group(2))).as(row.group(1)).isNull();
      }
    }
    return documented;
  }

  /** Returns the metrics of a server with a source of every kind. */
  private Map<String, String> served() throws Exception {
    SimCluster cluster = new SimCluster();
    cluster.load(ManifestReader.read(List.of(Path.of("docs/examples/cluster.yaml"))));
    PrometheusMetrics metrics = new PrometheusMetrics(new CollectorRegistry());
    DefaultExports.register(metrics.registry());
    try (SimApiServer api = SimApiServer.start(cluster);
        Promdisco promdisco = Promdisco.builder().metrics(metrics).build()) {
      Path kubeconfig = api.writeKubeconfig(folder.resolve("kubeconfig"));
      promdisco.listen(change -> {});
      PromdiscoServer.Builder builder =
          PromdiscoServer.builder()
              .configFile(configuration(kubeconfig))
              .configLoader(new ConfigLoader())
              .metrics(metrics)
              .listen("127.0.0.1", 0);
      try (PromdiscoServer server = builder.start(promdisco)) {
        promdisco.awaitSynced(Duration.ofSeconds(10));
        return types(get(server.url() + "/metrics"));
      }
    }
  }

  private Path configuration(Path kubeconfig) throws IOException {
    Files.writeString(folder.resolve("targets.json"), "[{\"targets\": [\"a:1\"]}]");
    return Files.writeString(
        folder.resolve("prometheus.yml"),
        """
        scrape_configs:
        - job_name: kubernetes
          kubernetes_sd_configs: [{role: pod, kubeconfig_file: '%s'}]
        - job_name: files
          file_sd_configs: [{files: [targets.json]}]
        - job_name: http
          http_sd_configs: [{url: 'http://127.0.0.1:9/'}]
        - job_name: dns
          dns_sd_configs: [{names: [a.invalid], type: A, port: 1}]
        """
            .formatted(kubeconfig));
  }

  private static String get(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** In this format, a summary's {@code _created} series are separate gauges. */
  private static Map<String, String> types(String text) {
    return TYPE.matcher(text)
        .results()
        .filter(type -> !type.group(1).endsWith("_created"))
        .collect(
            Collectors.toMap(
                type -> type.group(1), type -> type.group(2), (a, b) -> a, TreeMap::new));
  }
}
