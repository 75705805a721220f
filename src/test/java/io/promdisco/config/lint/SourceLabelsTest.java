package io.promdisco.config.lint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.testing.RecordedCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of labels knows every label that recorded clusters showed. */
class SourceLabelsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void everyRecordedLabelIsAmongThePossibleOnes() throws IOException {
    RecordedCases<Path> cases = RecordedCases.folders("kubernetes", "cluster.yaml");
    Set<String> unknown = new TreeSet<>();
    Map<Role, Integer> seen = new EnumMap<>(Role.class);
    for (Path folder : cases) {
      check(folder, unknown, seen);
      cases.ran(folder);
    }
    cases.printSummary("table of labels", "labels of each role: " + seen);
    assertThat(unknown).isEmpty();
    assertThat(seen).containsOnlyKeys(Role.values());
  }

  private record Job(PossibleLabels labels, List<Role> roles) {}

  private static void check(Path folder, Set<String> unknown, Map<Role, Integer> seen)
      throws IOException {
    Map<String, Job> jobs = new HashMap<>();
    ConfigLoader.LoadResult config = new ConfigLoader().read(folder.resolve("config.yml"));
    for (ScrapeConfig job : config.configuration().orElseThrow().jobs()) {
      List<Role> roles =
          job.sdConfigs().stream()
              .filter(KubernetesSdConfig.class::isInstance)
              .map(sd -> ((KubernetesSdConfig) sd).role())
              .toList();
      jobs.put(job.jobName(), new Job(PossibleLabels.of(job), roles));
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(SourceLabelsTest::isAnswer).toList()) {
        for (JsonNode labels : JSON.readTree(file.toFile()).findValues("discoveredLabels")) {
          Job job = Objects.requireNonNull(jobs.get(labels.get("job").asText()));
          labels
              .fieldNames()
              .forEachRemaining(
                  name -> {
                    if (!job.labels.mayHave(name)) {
                      unknown.add(job.roles + " " + name);
                    }
                  });
          job.roles.forEach(role -> seen.merge(role, labels.size(), Integer::sum));
        }
      }
    }
  }

  private static boolean isAnswer(Path file) {
    return file.getFileName().toString().matches("expected.*json");
  }
}
