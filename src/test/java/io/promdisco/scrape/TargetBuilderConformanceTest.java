package io.promdisco.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.testing.RecordedCases;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The targets are exactly those that a real Prometheus answered. */
class TargetBuilderConformanceTest {
  @ParameterizedTest
  @ValueSource(strings = {"handwritten.jsonl", "random.jsonl"})
  void makesOfEveryRecordedTargetWhatPrometheusMadeOfIt(String file) {
    RecordedCases<JsonNode> cases = RecordedCases.lines("relabel/" + file);
    int ofOthers = 0;
    List<String> differences = new ArrayList<>();
    for (JsonNode recorded : cases) {
      boolean refused = recorded.path("error_stage").asText().equals("config");
      if (refused || recorded.has("relabel_configs_yaml") || has65BitModulus(recorded)) {
        ofOthers++; // covered by the tests of the configuration reader
        continue;
      }
      cases.ran(recorded);
      String difference = difference(recorded);
      if (!difference.isEmpty()) {
        differences.add(recorded.path("id").asText() + ": " + difference);
      }
    }
    cases.printSummary("target builder", ofOthers + " are about reading the configuration");

    assertThat(differences).isEmpty();
  }

  /**
   * Prometheus computes 2^63 for a modulus of 2^64 on some machines; the notes of the recording say
   * not to copy that.
   */
  private static boolean has65BitModulus(JsonNode recorded) {
    for (JsonNode rule : recorded.path("relabel_configs")) {
      if (rule.path("modulus").bigIntegerValue().bitLength() > 64) {
        return true;
      }
    }
    return false;
  }

  private static String difference(JsonNode recorded) {
    JsonNode settings = recorded.path("scrape_config");
    ScrapeConfig job =
        RecordedJobs.job(
            recorded.path("id").asText(),
            settings.isMissingNode() ? JsonNodeFactory.instance.objectNode() : settings,
            recorded.get("relabel_configs"));
    Map<String, String> labels = new TreeMap<>(RecordedJobs.map(recorded.path("labels")));
    String address = labels.remove("__address__");
    TargetGroup group =
        new TargetGroup(
            "0",
            List.of(Labels.of("__address__", address == null ? "" : address)),
            Labels.of(labels));
    return difference(recorded, new TargetBuilder(job), group);
  }

  private static String difference(JsonNode recorded, TargetBuilder builder, TargetGroup group) {
    TargetOutcome outcome = builder.build("static/0", group, 0);
    String expected = recorded.path("outcome").asText();
    if (recorded.has("discovered")) {
      Map<String, String> discovered = builder.discovered(group, 0).toMap();
      if (!discovered.equals(RecordedJobs.map(recorded.path("discovered")))) {
        return "discovered " + discovered;
      }
    }
    if (outcome instanceof TargetOutcome.Failed failed) {
      boolean right =
          expected.equals("error") && failed.message().equals(recorded.path("error").asText());
      return right ? "" : "failed with " + failed.message();
    }
    if (outcome instanceof TargetOutcome.Kept kept) {
      Target target = kept.target();
      boolean right =
          expected.equals("keep")
              && target.labels().toMap().equals(RecordedJobs.map(recorded.path("labels_out")))
              && target.scrapeUrl().equals(recorded.path("scrape_url").asText())
              && target.scrapeInterval().equals(recorded.path("scrape_interval").asText())
              && target.scrapeTimeout().equals(recorded.path("scrape_timeout").asText());
      return right ? "" : "kept as " + target;
    }
    return expected.equals("drop") ? "" : "dropped";
  }

  @Test
  void poolsOfRecordedJobsShowWhatPrometheusShows() {
    RecordedCases<JsonNode> cases = RecordedCases.lines("relabel/targets.jsonl");
    int refused = 0;
    for (JsonNode recorded : cases) {
      if (recorded.path("outcome").asText().equals("error")) {
        refused++; // refused by the configuration reader, whose tests run these cases
        continue;
      }
      comparePool(recorded);
      cases.ran(recorded);
    }
    cases.printSummary("pools", refused + " are refused by the configuration reader");
  }

  private static void comparePool(JsonNode recorded) {
    String id = recorded.path("id").asText();
    JsonNode settings = recorded.path("scrape_config");
    FakeDiscovery discovery = new FakeDiscovery();
    try (ScrapeManager manager = new ScrapeManager(discovery, Metrics.none())) {
      discovery.apply(
          manager, List.of(RecordedJobs.job(id, settings, settings.get("relabel_configs"))));
      List<TargetGroup> groups = RecordedJobs.groups(settings.path("static_configs"));
      discovery.send(manager, id, "static/0", groups.toArray(TargetGroup[]::new));
      PoolView pool = manager.pool(id).orElseThrow();

      List<String> active = new ArrayList<>();
      for (Target target : pool.activeTargets()) {
        active.add(
            describe(
                target.labels().toMap(),
                target.scrapeUrl(),
                target.scrapeInterval(),
                target.scrapeTimeout(),
                target.discoveredLabels().toMap()));
      }
      List<String> expected = new ArrayList<>();
      for (JsonNode target : recorded.path("active")) {
        expected.add(
            describe(
                RecordedJobs.map(target.path("labels")),
                target.path("scrape_url").asText(),
                target.path("scrape_interval").asText(),
                target.path("scrape_timeout").asText(),
                RecordedJobs.map(target.path("discovered"))));
      }
      assertThat(active).as(id).containsExactlyInAnyOrderElementsOf(expected);
      compareRest(recorded, pool);
    }
  }

  private static String describe(
      Map<String, String> labels,
      String url,
      String interval,
      String timeout,
      Map<String, String> discovered) {
    return labels + " " + url + " " + interval + " " + timeout + " " + new TreeMap<>(discovered);
  }

  private static void compareRest(JsonNode recorded, PoolView pool) {
    List<Map<String, String>> dropped = new ArrayList<>();
    recorded.path("dropped").forEach(target -> dropped.add(RecordedJobs.map(target)));
    assertThat(pool.droppedTargets(0))
        .as(pool.job())
        .extracting(target -> target.discoveredLabels().toMap())
        .containsExactlyInAnyOrderElementsOf(dropped);

    List<String> errors = new ArrayList<>();
    recorded.path("target_errors").forEach(error -> errors.add(error.asText()));
    assertThat(pool.failedTargets(0))
        .as(pool.job())
        .extracting(FailedTarget::message)
        .usingElementComparator(Comparator.naturalOrder())
        .containsExactlyInAnyOrderElementsOf(errors);

    PoolCounts counts = pool.counts();
    assertThat(counts.active()).isEqualTo(recorded.path("active").size());
    assertThat(counts.dropped()).isEqualTo(recorded.path("dropped_count").asInt());
    assertThat(counts.failed()).isEqualTo(errors.size());
  }
}
