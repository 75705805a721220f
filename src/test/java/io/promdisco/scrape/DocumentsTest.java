package io.promdisco.scrape;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.Labels;
import io.promdisco.scrape.TargetsDocument.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DocumentsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DEFAULTS =
      "\"__always_scrape_classic_histograms__\":\"false\","
          + "\"__convert_classic_histograms_to_nhcb__\":\"false\",";

  private final FakeDiscovery discovery = new FakeDiscovery();
  private final ScrapeManager manager = new ScrapeManager(discovery, Metrics.none());

  @BeforeEach
  void discover() {
    discovery.apply(
        manager,
        List.of(
            JobFixtures.job("web", JobFixtures.keep("keep", "|yes")),
            JobFixtures.job("db", 0, "/m", Map.of("x", List.of("1")))));
    discovery.send(
        manager,
        "web",
        "p",
        JobFixtures.group("b", "h:2"),
        JobFixtures.group("a", Labels.of("env", "\"a\"<b>"), "h:1"),
        JobFixtures.group("c", Labels.of("keep", "no", "odd", "x\ud800y"), "h:4", "h:3"));
    discovery.send(manager, "db", "p", JobFixtures.group("a", "db:1", "db:2", "bad/3"));
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void oneTargetIsWrittenAsPrometheusWritesIt() throws IOException {
    discovery.apply(manager, List.of(JobFixtures.job("db", 0, "/m", Map.of("x", List.of("1")))));
    discovery.send(manager, "db", "p", JobFixtures.group("a", "db:1"));

    assertThat(text(State.ANY, null))
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"activeTargets\":[{\"discoveredLabels\":{"
                + "\"__address__\":\"db:1\","
                + DEFAULTS
                + "\"__metrics_path__\":\"/m\",\"__param_x\":\"1\",\"__scheme__\":\"http\","
                + "\"__scrape_interval__\":\"1m\",\"__scrape_native_histograms__\":\"false\","
                + "\"__scrape_timeout__\":\"10s\",\"job\":\"db\"},"
                + "\"labels\":{\"instance\":\"db:1\",\"job\":\"db\"},\"scrapePool\":\"db\","
                + "\"scrapeUrl\":\"http://db:1/m?x=1\",\"globalUrl\":\"http://db:1/m?x=1\","
                + "\"lastError\":\"\",\"lastScrape\":\"0001-01-01T00:00:00Z\","
                + "\"lastScrapeDuration\":0,\"health\":\"unknown\","
                + "\"scrapeInterval\":\"1m\",\"scrapeTimeout\":\"10s\"}],"
                + "\"droppedTargets\":[],\"droppedTargetCounts\":{\"db\":0}}}");
  }

  @Test
  void targetsAreSortedByJobAndLabels() throws IOException {
    JsonNode data = JSON.readTree(text(State.ANY, null)).path("data");

    assertThat(data.path("activeTargets").findValuesAsText("scrapeUrl"))
        .containsExactly(
            "http://db:1/m?x=1", "http://db:2/m?x=1", "http://h:1/metrics", "http://h:2/metrics");
    assertThat(data.path("activeTargets").get(2).path("labels").path("env").asText())
        .isEqualTo("\"a\"<b>");
    List<String> dropped = new ArrayList<>();
    data.path("droppedTargets")
        .forEach(
            target ->
                dropped.add(
                    target.path("scrapePool").asText()
                        + " "
                        + target.path("discoveredLabels").path("__address__").asText()
                        + " "
                        + target.path("discoveredLabels").path("odd").asText()));
    assertThat(dropped).containsExactly("web h:3 x\ufffdy", "web h:4 x\ufffdy");
    assertThat(data.path("droppedTargetCounts").toString()).isEqualTo("{\"db\":0,\"web\":2}");
  }

  @Test
  void stateAndScrapePoolSelectAsInPrometheus() throws IOException {
    JsonNode active = JSON.readTree(text(State.parse("Active"), "web")).path("data");
    assertThat(active.path("activeTargets")).hasSize(2);
    assertThat(active.path("droppedTargets")).isEmpty();
    assertThat(active.path("droppedTargetCounts").isNull()).isTrue();

    JsonNode dropped = JSON.readTree(text(State.parse("dropped"), "db")).path("data");
    assertThat(dropped.path("activeTargets")).isEmpty();
    assertThat(dropped.path("droppedTargets")).isEmpty();
    assertThat(dropped.path("droppedTargetCounts")).hasSize(2);

    JsonNode none = JSON.readTree(text(State.parse("sideways"), "")).path("data");
    assertThat(none.path("activeTargets")).isEmpty();
    assertThat(none.path("droppedTargetCounts").isNull()).isTrue();
    assertThat(State.parse(null)).isEqualTo(State.ANY);
  }

  @Test
  void httpSdGroupsTargetsThatShareTheirLabels() throws IOException {
    assertThat(httpSd("db"))
        .isEqualTo(
            "[{\"targets\":[\"db:1\",\"db:2\"],\"labels\":{\"__metrics_path__\":\"/m\","
                + "\"__param_x\":\"1\",\"__scheme__\":\"http\",\"__scrape_interval__\":\"1m\","
                + "\"__scrape_timeout__\":\"10s\",\"job\":\"db\"}}]");
    assertThat(JSON.readTree(httpSd("web"))).hasSize(2);
  }

  @Test
  void aJobThatReadsHttpSdGetsTheSameTargets() throws IOException {
    JsonNode groups = JSON.readTree(httpSd("db"));
    FakeDiscovery http = new FakeDiscovery();
    try (ScrapeManager reading = new ScrapeManager(http, Metrics.none())) {
      http.apply(reading, List.of(JobFixtures.job("db")));
      http.send(reading, "db", "http/0", RecordedJobs.groups(groups).get(0));

      assertThat(reading.pool("db").orElseThrow().activeTargets())
          .isEqualTo(manager.pool("db").orElseThrow().activeTargets());
    }
  }

  @Test
  void httpSdSaysWhichUnixSocketToConnectTo() throws IOException {
    Labels socket = Labels.of("__unix_socket__", "/run/db.sock");
    discovery.apply(manager, List.of(JobFixtures.job("new")));
    discovery.send(
        manager,
        "new",
        "p",
        JobFixtures.group("b", socket, "db:1"),
        JobFixtures.group("c", "db:1"));

    List<Target> targets = manager.pool("new").orElseThrow().activeTargets();
    assertThat(targets)
        .extracting(target -> target.label("__unix_socket__"), Target::scrapeUrl)
        .containsExactlyInAnyOrder(
            tuple("", "http://db:1/metrics"), tuple("/run/db.sock", "http://db:1/metrics"));
    List<String> sockets = new ArrayList<>();
    JSON.readTree(httpSd("new"))
        .forEach(group -> sockets.add(group.at("/labels/__unix_socket__").asText()));
    assertThat(sockets).containsExactlyInAnyOrder("", "/run/db.sock");
  }

  @Test
  void aUnixSocketIsNotAnAddress() {
    Labels socket = Labels.of("__unix_socket__", "/run/db.sock");
    discovery.apply(manager, List.of(JobFixtures.job("new")));
    discovery.send(manager, "new", "p", JobFixtures.group("b", socket, ""));

    PoolView pool = manager.pool("new").orElseThrow();
    assertThat(pool.activeTargets()).isEmpty();
    assertThat(pool.failedTargets(0))
        .extracting(FailedTarget::message)
        .containsExactly("instance 0 in group b: no address");
  }

  private String text(State state, @Nullable String pool) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TargetsDocument.write(manager.pools(), state, pool, List::of, out);
    return out.toString(UTF_8);
  }

  private String httpSd(String job) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    HttpSdDocument.write(manager.pool(job).orElseThrow().activeTargets(), out);
    return out.toString(UTF_8);
  }
}
