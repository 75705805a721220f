package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.Promdisco;
import io.promdisco.allocator.Allocator;
import io.promdisco.allocator.AllocatorConfigReader;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.providers.kubernetes.client.ApiServerClientFactory;
import io.promdisco.server.PromdiscoServer;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.Closer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code explain --server} names the collectors of targets if the server is an allocator. */
@Timeout(60)
class ExplainCollectorsTest {
  private static final String JOBS =
      """
      config:
        scrape_configs:
        - job_name: serviceMonitor/shop/web/0
          static_configs: [{targets: ['10.0.0.1:80', '10.0.0.2:80']}]
          relabel_configs:
          - {source_labels: [__address__], regex: '10.0.0.2:.*', action: drop}
        - job_name: all
          static_configs: [{targets: ['10.0.0.3:80']}]
          relabel_configs:
          - {target_label: __tmp_disable_sharding, replacement: 'true'}
      """;

  @TempDir private Path folder = Path.of("");
  private final Closer closer = new Closer();
  private String url = "";

  @AfterEach
  void stop() {
    closer.close();
  }

  private Cli start(String yaml) throws Exception {
    Cli cli = new Cli(folder);
    Path file = Path.of(cli.file("ta.yaml", yaml));
    AllocatorConfigReader.Result read =
        new AllocatorConfigReader(new ConfigLoader(), name -> null).read(file);
    Promdisco promdisco = closer.add(Promdisco.builder().build());
    Allocator allocator =
        closer.add(
            new Allocator(
                read.settings().orElseThrow(),
                promdisco,
                new ManualTicker(),
                ApiServerClientFactory::new,
                () -> ""));
    url =
        closer
            .add(
                PromdiscoServer.builder()
                    .listen("127.0.0.1", 0)
                    .configuration(read.scraping().configuration().orElseThrow())
                    .allocator(allocator)
                    .start(promdisco))
            .url();
    assertThat(promdisco.awaitSynced(Duration.ofSeconds(10))).isTrue();
    return cli;
  }

  private static String lastLine(Cli cli) {
    String out = cli.out().strip();
    return out.substring(out.lastIndexOf('\n') + 1);
  }

  @Test
  void theCollectorOfATargetIsNamedWithTheReason() throws Exception {
    Cli cli = start("collectors: [collector-0]\n" + JOBS);
    assertThat(cli.run("explain", "--server", url, "10.0.0.1")).as(cli.err()).isZero();
    assertThat(cli.out()).contains("    collector  collector-0  by the hash of 10.0.0.1:80\n");
    assertThat(lastLine(cli))
        .isEqualTo(
            "10.0.0.1 is scraped by job serviceMonitor/shop/web/0 at http://10.0.0.1:80/metrics on"
                + " collector-0");
  }

  @Test
  void aTargetOfAllCollectorsNamesAll() throws Exception {
    Cli cli = start("collectors: [collector-0, collector-1]\n" + JOBS);
    assertThat(cli.run("explain", "--server", url, "10.0.0.3:80")).isZero();
    assertThat(lastLine(cli)).endsWith("/metrics on collector-0, collector-1");
    assertThat(cli.out()).contains("__tmp_disable_sharding is set: every collector has it");
  }

  @Test
  void programsReadTheCollectorsToo() throws Exception {
    Cli cli = start("collectors: [collector-0]\n" + JOBS);
    assertThat(cli.run("explain", "--server", url, "10.0.0.1:80", "-o", "json")).isZero();
    JsonNode target = new ObjectMapper().readTree(cli.out()).at("/jobs/0/targets/0");
    assertThat(target.get("collectors").toString()).isEqualTo("[\"collector-0\"]");
    assertThat(target.get("collectorReason").asText()).isEqualTo("by the hash of 10.0.0.1:80");
  }

  @Test
  void aTargetThatIsDroppedHasNoCollector() throws Exception {
    Cli cli = start("collectors: [collector-0]\n" + JOBS);
    assertThat(cli.run("explain", "--server", url, "10.0.0.2:80")).isEqualTo(ExitCode.FINDING);
    assertThat(cli.out()).doesNotContain("    collector").contains("dropped");
  }

  @Test
  void aTargetThatNoCollectorHasIsNotScraped() throws Exception {
    Cli cli = start("collectors: [collector-0]\nallocation_strategy: per-node\n" + JOBS);
    assertThat(cli.run("explain", "--server", url, "10.0.0.1")).isEqualTo(ExitCode.FINDING);
    assertThat(cli.out()).contains("    collector  none  no label names its node");
    assertThat(lastLine(cli))
        .isEqualTo(
            "10.0.0.1 is not scraped: job serviceMonitor/shop/web/0 keeps it, but no collector"
                + " scrapes it: no label names its node");
  }

  @Test
  void collectorsOfMoreTargetsThanOneQuestionNamesAreAskedForInParts() throws Exception {
    StringBuilder addresses = new StringBuilder();
    for (int i = 0; i < 45; i++) {
      addresses.append(i == 0 ? "" : ", ").append("'10.1.0.").append(i).append(":80'");
    }
    Cli cli =
        start(
            "collectors: [a]\nconfig: {scrape_configs: [{job_name: j, static_configs:"
                + " [{labels: {team: blue}, targets: ["
                + addresses
                + "]}]}]}\n");
    assertThat(cli.run("explain", "--server", url, "team=blue", "--limit", "50")).isZero();
    assertThat(cli.out().split("    collector  a  by the hash of ", -1)).hasSize(46);
  }
}
