package io.promdisco.cli;

import static io.promdisco.cli.ScrapingPrograms.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.cli.ScrapingPrograms.Program;
import io.promdisco.util.Closer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real OpenTelemetry collector, a real Prometheus and a real vmagent each get their share from
 * {@code allocate}. Together they have every target exactly once. An invalid configuration, a crash
 * and a restart of {@code allocate} change nothing.
 *
 * <p>The property {@code promdisco.realclients} names the folder of the programs. The targets are
 * closed ports of the loopback address. Takes a minute and a half.
 */
@Timeout(300)
class RealCollectorsIT {
  private static final int TARGETS = 60;

  /** Names whose URLs are easily misread. */
  private static final List<String> NAMES =
      List.of("serviceMonitor/ns a/app+b/0", ".", "..", "a//b", "%2e%2e/x", "ü?#&;\"'=", "targets");

  private static final String FILE =
      """
      listen_addr: 127.0.0.1:%d
      collectors: [otelcol, prometheus, vmagent]
      config:
        global: {scrape_interval: 10m}
        scrape_configs:
      """;

  private static final String JOB =
      """
        - job_name: %s
          file_sd_configs: [{files: [%d.json]}]
          relabel_configs:
          - {source_labels: [__meta_kind], target_label: kind}
          - {source_labels: [kind], target_label: __meta_kind, action: keepequal}
          basic_auth: {username: u, password: p}
      """;

  @TempDir private Path folder = Path.of("");
  private final Closer closer = new Closer();

  @BeforeEach
  void requirePrograms() {
    ScrapingPrograms.require();
  }

  @AfterEach
  void endProcesses() {
    closer.close();
  }

  private String configuration(int port) throws Exception {
    StringBuilder yaml = new StringBuilder(FILE.formatted(port));
    for (int job = 0; job < NAMES.size(); job++) {
      yaml.append(JOB.formatted(new ObjectMapper().writeValueAsString(NAMES.get(job)), job));
      List<String> addresses = new ArrayList<>();
      for (int i = 1; i <= TARGETS; i++) {
        addresses.add("\"127.9." + job + "." + i + ":9\"");
      }
      Files.writeString(
          folder.resolve(job + ".json"),
          "[{\"targets\": " + addresses + ", \"labels\": {\"__meta_kind\": \"web\"}}]");
    }
    return yaml.toString();
  }

  @Test
  void eachProgramHasExactlyItsShare() throws Exception {
    int port = ScrapingPrograms.freePort();
    Path config = folder.resolve("ta.yaml");
    String good = configuration(port);
    Files.writeString(config, good);
    String url = "http://127.0.0.1:" + port;
    ScrapingPrograms programs = closer.add(new ScrapingPrograms(folder));
    Process allocate = programs.allocate(config);
    until("allocate", () -> programs.status(url + "/readyz") == 200);
    List<Program> all =
        List.of(
            programs.otelcol(url, "otelcol"),
            programs.prometheus(url, "prometheus"),
            programs.vmagent(url, "vmagent"));

    List<Set<String>> shares = new ArrayList<>();
    Set<String> union = new TreeSet<>();
    for (Program program : all) {
      shares.add(share(programs, url, program.id()));
    }
    shares.forEach(union::addAll);
    assertThat(union).hasSize(TARGETS * NAMES.size());
    assertThat(shares.stream().mapToInt(Set::size).sum()).isEqualTo(union.size());
    for (int i = 0; i < all.size(); i++) {
      Program program = all.get(i);
      Set<String> share = shares.get(i);
      until(program.id() + " " + share, () -> program.targets().equals(share));
    }

    Files.writeString(config, "config: {scrape_configs: [{}]}");
    expectNoChange(all, shares);
    Files.writeString(config, good);
    allocate.destroyForcibly().waitFor();
    expectNoChange(all, shares);
    Process again = programs.allocate(config);
    until("allocate", () -> programs.status(url + "/readyz") == 200);
    expectNoChange(all, shares);
    assertThat(again.isAlive()).isTrue();
  }

  /** The programs ask every second, and need up to 12.5 s to act on an answer. */
  private static void expectNoChange(List<Program> programs, List<Set<String>> shares)
      throws InterruptedException {
    LockSupport.parkNanos(Duration.ofSeconds(14).toNanos());
    for (int i = 0; i < shares.size(); i++) {
      assertThat(programs.get(i).targets()).isEqualTo(shares.get(i));
    }
  }

  /** The share that {@code allocate} gives a collector, as a program shows it. */
  private static Set<String> share(ScrapingPrograms programs, String url, String collector)
      throws Exception {
    Set<String> share = new TreeSet<>();
    for (String job : NAMES) {
      String name = URLEncoder.encode(job, StandardCharsets.UTF_8);
      String path = "/jobs/" + name + "/targets?collector_id=" + collector;
      for (JsonNode group : new ObjectMapper().readTree(programs.get(url + path).body())) {
        for (JsonNode address : group.get("targets")) {
          share.add(job + " " + address.asText() + " http://" + address.asText() + "/metrics");
        }
      }
    }
    return share;
  }
}
