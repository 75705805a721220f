package io.promdisco.conformance;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.testing.RecordedCases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** File and HTTP discovery over time, step by step, through the library's entry point. */
class SdConformanceTest {
  /** How long the state must remain unchanged. */
  private static final Duration SETTLED = Duration.ofMillis(150);

  /** Metrics that show a failure when they increase. */
  private static final Set<String> FAILURES =
      Set.of(
          "prometheus_sd_file_read_errors_total",
          "prometheus_sd_file_watcher_errors_total",
          "prometheus_sd_http_failures_total",
          "prometheus_sd_refresh_failures_total",
          "prometheus_target_sync_failed_total");

  private static final Set<String> COUNTERS = counters();

  private static final RecordedCases<SdScenario> SCENARIOS = SdScenario.all();
  private static int steps;

  private static Set<String> counters() {
    Set<String> counters = new TreeSet<>(FAILURES);
    counters.add("prometheus_sd_file_scan_duration_seconds_count");
    counters.add("prometheus_sd_refresh_duration_seconds_count");
    return counters;
  }

  static List<SdScenario> scenarios() {
    return SCENARIOS.all();
  }

  @AfterAll
  static void printSummary() {
    SCENARIOS.printSummary("library", steps + " states");
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void stateAfterEveryStepIsThatOfPrometheus(
      SdScenario scenario, @TempDir Path folder, @TempDir Path outside) throws Exception {
    try (SdWorld world = new SdWorld(folder, outside)) {
      boolean first = true;
      for (SdScenario.Step step : scenario.steps()) {
        Map<String, Double> before = SdState.samples(world, COUNTERS);
        if (first) {
          world.start(scenario);
          first = false;
        }
        for (JsonNode operation : step.operations()) {
          world.apply(operation, step.expected());
        }
        check(scenario, step, world, before);
        steps++;
      }
      SCENARIOS.ran(scenario);
    }
  }

  private static void check(
      SdScenario scenario, SdScenario.Step step, SdWorld world, Map<String, Double> before) {
    String what = scenario + ": " + step.note();
    Set<String> mustRise = new TreeSet<>();
    step.expected().get("counters_that_rose").forEach(counter -> mustRise.add(counter.asText()));
    eventually(() -> assertThat(rose(world, before)).as(what).containsAll(mustRise));
    SdState expected = SdState.recorded(step.expected());
    AtomicLong since = new AtomicLong(System.nanoTime());
    eventually(
        () -> {
          SdState now = SdState.of(world);
          if (!now.equals(expected)) {
            since.set(System.nanoTime());
          }
          assertThat(now.lines()).as(what).isEqualTo(expected.lines());
          assertThat(Duration.ofNanos(System.nanoTime() - since.get()))
              .as(what + ": settled")
              .isGreaterThan(SETTLED);
        });
    if (scenario.isOfFilesOnly()) {
      Set<String> failures = rose(world, before);
      failures.removeIf(name -> !FAILURES.contains(name.replaceAll("\\{.*", "")));
      assertThat(mustRise).as(what).containsAll(failures);
    }
    for (JsonNode request : step.expected().path("requests")) {
      eventually(() -> checkRequest(what, request, world));
    }
  }

  private static Set<String> rose(SdWorld world, Map<String, Double> before) {
    Set<String> rose = new TreeSet<>();
    SdState.samples(world, COUNTERS)
        .forEach(
            (name, value) -> {
              if (value > before.getOrDefault(name, 0.0)) {
                rose.add(name);
              }
            });
    return rose;
  }

  private static void checkRequest(String what, JsonNode expected, SdWorld world) {
    Map<String, String> sent = world.server().requests().get(expected.get("path").asText());
    assertThat(sent).as(what + ": " + expected.get("path").asText()).isNotNull();
    expected
        .get("headers")
        .properties()
        .forEach(
            header -> {
              String value = world.local(header.getValue().asText());
              String own = value.replace("Prometheus/", "promdisco/");
              assertThat(String.valueOf(sent == null ? null : sent.get(header.getKey())))
                  .as(what + ": " + header.getKey())
                  .matches(
                      found ->
                          header.getKey().equals("User-Agent")
                              ? found.startsWith(own)
                              : found.equals(value));
            });
  }
}
