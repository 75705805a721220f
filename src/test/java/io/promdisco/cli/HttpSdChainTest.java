package io.promdisco.cli;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.cli.bench.ChildJvm;
import io.promdisco.sim.ManyPodsCluster;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One process discovers and serves; another reads its {@code /http-sd/JOB}, and has the same
 * targets as if it had discovered them itself.
 */
@Timeout(120)
class HttpSdChainTest {
  private static final Pattern LISTENS = Pattern.compile("promdisco listens on (http\\S+)");
  private static final List<String> FLAGS =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m");
  private static final int PODS = 300;
  private static final String JOB = "pods of team/a";

  private static final String RULES =
      """
        relabel_configs:
        - {source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape], regex: 'true', action: keep}
        - {source_labels: [__meta_kubernetes_pod_container_port_name], regex: admin, action: drop}
        - {action: labelmap, regex: __meta_kubernetes_pod_label_(.+)}
        - {source_labels: [__meta_kubernetes_pod_name], target_label: pod}
        - {source_labels: [__meta_kubernetes_namespace], target_label: __metrics_path__, replacement: /$1/metrics}
      """;

  @TempDir private Path folder = Path.of("");
  private Cli cli = new Cli(folder);

  @BeforeEach
  void useFolder() {
    cli = new Cli(folder);
  }

  private static String job(String source, String rules) {
    return "scrape_configs:\n- job_name: " + JOB + "\n  " + source + "\n" + rules;
  }

  @Test
  void aReaderInAnotherProcessHasTheTargetsOfADirectDiscovery() throws Exception {
    SimCluster cluster = new SimCluster();
    ManyPodsCluster pods = ManyPodsCluster.create(cluster, PODS);
    try (SimApiServer api = SimApiServer.start(cluster)) {
      String kubernetes =
          "kubernetes_sd_configs: [{role: pod, kubeconfig_file: "
              + api.writeKubeconfig(folder.resolve("kubeconfig"))
              + "}]";
      String ruled = cli.file("ruled.yml", job(kubernetes, RULES));
      String unruled = cli.file("unruled.yml", job(kubernetes, ""));
      Set<String> direct = targets(ruled);
      assertThat(direct).hasSize(PODS / 2);
      try (ChildJvm finished = serve(ruled);
          ChildJvm discovered = serve(unruled)) {
        String relabeled = cli.file("relabeled.yml", job(httpSd(finished, "?relabeled=true"), ""));
        String raw = cli.file("raw.yml", job(httpSd(discovered, ""), RULES));
        // The servers listen already, and answer when they have all targets.
        assertThat(targets(raw)).isEqualTo(direct);
        assertThat(targets(relabeled)).isEqualTo(direct);

        for (int i = 0; i < 60; i++) {
          pods.replaceNext();
        }
        Set<String> changed = targets(ruled);
        assertThat(changed).hasSameSizeAs(direct).isNotEqualTo(direct);
        eventually(() -> assertThat(targets(raw)).isEqualTo(changed));
        eventually(() -> assertThat(targets(relabeled)).isEqualTo(changed));
      }
    }
  }

  private ChildJvm serve(String config) throws IOException {
    Path log = Path.of(config + ".log");
    return ChildJvm.start(
        "serve", log, FLAGS, "serve", "--config", config, "--listen", "127.0.0.1:0");
  }

  private static String httpSd(ChildJvm serve, String query) {
    String[] url = {""};
    eventually(
        () -> {
          Matcher listens = LISTENS.matcher(serve.output());
          serve.requireAlive();
          assertThat(listens.find()).isTrue();
          url[0] = listens.group(1);
        });
    String job = URLEncoder.encode(JOB, StandardCharsets.UTF_8).replace("+", "%20");
    return "http_sd_configs: [{url: '" + url[0] + "/http-sd/" + job + query + "'}]";
  }

  /** Returns what {@code targets} prints for each target, in this process: URL and final labels. */
  private Set<String> targets(String config) throws Exception {
    int exit = cli.run("targets", config, "--output", "prometheus", "--state", "active");
    assertThat(exit).as(cli.err()).isZero();
    Set<String> targets = new TreeSet<>();
    for (JsonNode target : new ObjectMapper().readTree(cli.out()).at("/data/activeTargets")) {
      targets.add(target.path("scrapeUrl").asText() + " " + target.path("labels"));
    }
    return targets;
  }
}
