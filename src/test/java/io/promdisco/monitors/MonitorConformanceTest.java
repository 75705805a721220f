package io.promdisco.monitors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.Promdisco;
import io.promdisco.config.Configuration;
import io.promdisco.offline.ManifestClientFactory;
import io.promdisco.offline.ManifestCluster;
import io.promdisco.offline.ManifestReader;
import io.promdisco.scrape.PoolView;
import io.promdisco.testing.RecordedCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What the real operator makes of resources, and what Prometheus discovers with it. */
class MonitorConformanceTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void compilesAsTheOperator() throws Exception {
    RecordedCases<Path> cases = cases();
    SoftAssertions all = new SoftAssertions();
    int jobs = 0;
    int rejected = 0;
    for (Path folder : cases) {
      CompiledMonitors compiled = compile(folder);
      boolean refusedByPrometheus = Files.exists(folder.resolve("load-error.txt"));
      List<Map<String, Object>> reasons = new ArrayList<>();
      compiled.rejected().forEach(rejection -> reasons.add(rejection.document()));
      List<?> expectedReasons =
          JSON.readValue(folder.resolve("rejected.json").toFile(), List.class);
      if (refusedByPrometheus) {
        checkLeftOut(folder, compiled, reasons, expectedReasons, all);
      } else {
        all.assertThat(reasons).as(folder.toString()).isEqualTo(expectedReasons);
        all.assertThat(comparable(compiled.document()))
            .as(folder.toString())
            .isEqualTo(expected(folder));
      }
      jobs += compiled.jobs().size();
      rejected += compiled.rejected().size();
      cases.ran(folder);
    }
    cases.printSummary("compilation", jobs + " jobs", rejected + " rejections");
    all.assertAll();
  }

  private static RecordedCases<Path> cases() {
    return RecordedCases.folders("monitors", "settings.yaml");
  }

  /** Where Prometheus refuses everything, the resource that is to blame is left out alone. */
  private static void checkLeftOut(
      Path folder,
      CompiledMonitors compiled,
      List<Map<String, Object>> reasons,
      List<?> expectedReasons,
      SoftAssertions all)
      throws IOException {
    reasons.removeAll(expectedReasons);
    all.assertThat(reasons).as(folder.toString()).isNotEmpty();
    List<Object> expectedJobs = new ArrayList<>();
    if (comparable(expected(folder)) instanceof Map<?, ?> document
        && document.get("scrape_configs") instanceof List<?> jobs) {
      expectedJobs.addAll(jobs);
    }
    for (Map<String, Object> reason : reasons) {
      all.assertThat(reason).as(folder.toString()).containsEntry("reason", "InvalidConfiguration");
      String owner = "/" + reason.get("namespace") + "/" + reason.get("name");
      expectedJobs.removeIf(
          job -> {
            String name = String.valueOf(((Map<?, ?>) job).get("job_name"));
            return name.startsWith(String.valueOf(reason.get("kind")).substring(1, 4), 1)
                && (name.contains(owner + "/") || name.endsWith(owner));
          });
    }
    all.assertThat(comparable(compiled.document().get("scrape_configs")))
        .as(folder.toString())
        .isEqualTo(expectedJobs);
  }

  private static CompiledMonitors compile(Path folder) throws Exception {
    ManifestReader.Contents contents =
        ManifestReader.load(List.of(folder.resolve("objects.yaml")), MonitorObjects::isKnown);
    List<JsonNode> objects = new ArrayList<>(contents.objects());
    objects.addAll(contents.others());
    JsonNode settings = ManifestReader.documents(folder.resolve("settings.yaml")).get(0);
    try {
      return new MonitorCompiler(MonitorSettings.of(settings)).compile(MonitorObjects.of(objects));
    } catch (InvalidSettingsException e) {
      return CompiledMonitors.refused(e);
    }
  }

  private static Object expected(Path folder) throws IOException {
    Path file = folder.resolve("expected.yaml");
    if (!Files.exists(file)) {
      return Map.of("global", Map.of(), "scrape_configs", List.of());
    }
    Object document =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
    return comparable(document);
  }

  /** Numbers by value and bytes as text. */
  private static Object comparable(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> copy = new TreeMap<>();
      map.forEach((key, item) -> copy.put(String.valueOf(key), comparable(item)));
      return copy;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(MonitorConformanceTest::comparable).toList();
    }
    if (value instanceof byte[] bytes) {
      return "base64:" + Base64.getEncoder().encodeToString(bytes);
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    return value == null ? "null" : value;
  }

  @Test
  void discoversAsPrometheus() throws Exception {
    RecordedCases<Path> cases = cases();
    int targets = 0;
    for (Path folder : cases) {
      if (Files.exists(folder.resolve("targets.json"))) {
        JsonNode answer = JSON.readTree(folder.resolve("targets.json").toFile());
        targets += answer.get("active").size();
        compareTargets(folder, answer);
        cases.ran(folder);
      }
    }
    cases.printSummary("discovery", targets + " targets");
  }

  private static void compareTargets(Path folder, JsonNode answer) throws Exception {
    List<ObjectNode> objects =
        ManifestReader.load(List.of(folder.resolveSibling("cluster.json"))).objects();
    ManifestCluster cluster = new ManifestCluster(objects);
    try (Promdisco promdisco =
        Promdisco.builder()
            .kubernetesClients(ticker -> new ManifestClientFactory(cluster, Optional.empty()))
            .build()) {
      promdisco.apply(Configuration.of(compile(folder).configs()));
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(30))).isTrue();
      assertThat(active(promdisco)).as(folder.toString()).isEqualTo(recordedActive(answer));
      assertThat(dropped(promdisco)).as(folder.toString()).isEqualTo(recordedDropped(answer));
    }
  }

  private static List<String> active(Promdisco promdisco) {
    List<String> lines = new ArrayList<>();
    for (PoolView pool : promdisco.pools()) {
      pool.activeTargets()
          .forEach(
              target ->
                  lines.add(
                      pool.job()
                          + " "
                          + new TreeMap<>(target.labels().toMap())
                          + " "
                          + target.scrapeUrl()));
    }
    lines.sort(null);
    return lines;
  }

  private static List<String> recordedActive(JsonNode answer) {
    List<String> lines = new ArrayList<>();
    for (JsonNode target : answer.get("active")) {
      Map<String, String> labels = new TreeMap<>();
      target
          .get("labels")
          .properties()
          .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
      lines.add(target.get("job").asText() + " " + labels + " " + target.get("url").asText());
    }
    lines.sort(null);
    return lines;
  }

  private static Map<String, List<String>> dropped(Promdisco promdisco) {
    Map<String, List<String>> byJob = new TreeMap<>();
    for (PoolView pool : promdisco.pools()) {
      List<String> addresses = new ArrayList<>();
      pool.droppedTargets(0)
          .forEach(target -> addresses.add(target.discoveredLabels().getOrEmpty("__address__")));
      addresses.sort(null);
      if (!addresses.isEmpty()) {
        byJob.put(pool.job(), addresses);
      }
    }
    return byJob;
  }

  private static Map<String, List<String>> recordedDropped(JsonNode answer) {
    Map<String, List<String>> byJob = new TreeMap<>();
    answer
        .path("dropped")
        .properties()
        .forEach(
            job -> {
              List<String> addresses = new ArrayList<>();
              job.getValue().forEach(address -> addresses.add(address.asText()));
              addresses.sort(null);
              byJob.put(job.getKey(), addresses);
            });
    byJob.values().removeIf(List::isEmpty);
    return byJob;
  }
}
