package io.promdisco.monitors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.offline.ManifestReader;
import io.promdisco.testing.RecordedCases;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the real operator makes of resources that a program wrote: every field, every mistake. */
class GeneratedMonitorsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path COMMON =
      Path.of("src/test/conformance/monitors/generated-objects.yaml");

  @Test
  void compilesAsTheOperator() throws Exception {
    ManifestReader.Contents common = ManifestReader.load(List.of(COMMON), MonitorObjects::isKnown);
    RecordedCases<JsonNode> cases = RecordedCases.lines("monitors/generated.jsonl");
    SoftAssertions all = new SoftAssertions();
    for (JsonNode recorded : cases) {
      List<JsonNode> objects = new ArrayList<>(common.objects());
      objects.addAll(common.others());
      recorded.get("objects").forEach(objects::add);
      compare(recorded, compile(recorded.get("settings"), objects), all);
      cases.ran(recorded);
    }
    cases.printSummary("generated resources");
    all.assertAll();
  }

  private static CompiledMonitors compile(JsonNode settings, List<JsonNode> objects) {
    try {
      return new MonitorCompiler(MonitorSettings.of(settings)).compile(MonitorObjects.of(objects));
    } catch (InvalidSettingsException e) {
      return CompiledMonitors.refused(e);
    }
  }

  private static void compare(JsonNode recorded, CompiledMonitors compiled, SoftAssertions all) {
    String id = recorded.get("id").asText();
    List<?> expectedReasons = JSON.convertValue(recorded.get("rejected"), List.class);
    List<Object> reasons = new ArrayList<>();
    compiled.rejected().forEach(rejection -> reasons.add(rejection.document()));
    List<Object> jobs = new ArrayList<>();
    compiled.jobs().forEach(job -> jobs.add(comparable(job.tree())));
    List<Object> expectedJobs = new ArrayList<>();
    for (JsonNode job : recorded.get("scrape_configs")) {
      expectedJobs.add(comparable(JSON.convertValue(job, Map.class)));
    }
    if (recorded.has("refused_by_prometheus")) {
      all.assertThat(reasons).as(id).hasSizeGreaterThan(expectedReasons.size());
      all.assertThat(expectedJobs).as(id).containsAll(jobs);
    } else {
      all.assertThat(reasons).as(id).isEqualTo(expectedReasons);
      all.assertThat(jobs).as(id).isEqualTo(expectedJobs);
    }
  }

  /** Numbers by value. */
  private static Object comparable(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> copy = new TreeMap<>();
      map.forEach((key, item) -> copy.put(String.valueOf(key), comparable(item)));
      return copy;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(GeneratedMonitorsTest::comparable).toList();
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    return value == null ? "null" : value;
  }
}
