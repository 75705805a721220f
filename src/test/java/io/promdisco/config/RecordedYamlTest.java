package io.promdisco.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.load.ConfigLoader.LoadResult;
import io.promdisco.scrape.ConfiguredTargetChecks;
import io.promdisco.testing.RecordedCases;
import io.promdisco.testing.RecordedCases.RecordedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Small files with all features of YAML, with promtool 3.16's verdicts and what Prometheus reads:
 * the external labels, and some settings of the first job.
 */
class RecordedYamlTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Path FOLDER = Path.of("src/test/resources/yaml");

  @Test
  void everyFileIsJudgedAndReadAsByPrometheus() throws IOException {
    JsonNode cases = JSON.readTree(FOLDER.resolve("verdicts.json").toFile());
    List<String> wrong = new ArrayList<>();
    for (JsonNode recorded : cases) {
      byte[] content =
          recorded.has("text")
              ? recorded.get("text").asText().getBytes(UTF_8)
              : Base64.getDecoder().decode(recorded.get("base64").asText());
      LoadResult result = new ConfigLoader().read("a.yml", content, FOLDER);
      String difference = difference(recorded, "a.yml", result);
      if (!difference.isEmpty()) {
        wrong.add(recorded.get("name").asText() + ": " + difference);
      }
    }
    assertThat(cases.size()).isGreaterThan(500);
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyReportedFileIsJudgedAsByPromtool() {
    RecordedCases<RecordedFile> cases = RecordedCases.answers("reports/yaml");
    List<String> wrong = new ArrayList<>();
    for (RecordedFile recorded : cases) {
      LoadResult result =
          new ConfigLoader().read(recorded.file(), recorded.bytes(), recorded.folder());
      String difference = difference(recorded.answer(), recorded.file(), result);
      if (!difference.isEmpty()) {
        wrong.add(recorded.file() + ": " + difference);
      }
      cases.ran(recorded);
    }
    cases.printSummary("configuration reader");
    assertThat(wrong).isEmpty();
  }

  private static String difference(JsonNode recorded, String file, LoadResult result) {
    List<Problem> errors =
        ConfiguredTargetChecks.check(file, result).stream()
            .filter(problem -> problem.severity() == Problem.Severity.ERROR)
            .toList();
    if (errors.isEmpty() != recorded.get("valid").asBoolean()) {
      return recorded.path("message").asText("accepted by promtool") + " | " + errors;
    }
    StringBuilder out = new StringBuilder();
    result
        .configuration()
        .map(Configuration::effective)
        .ifPresent(
            effective -> {
              compare(
                  recorded.get("labels"), map(map(effective, "global"), "external_labels"), out);
              List<?> jobs =
                  effective.get("scrape_configs") instanceof List<?> list ? list : List.of();
              compare(
                  recorded.get("job"), jobs.isEmpty() ? Map.of() : (Map<?, ?>) jobs.get(0), out);
            });
    return out.toString();
  }

  private static Map<?, ?> map(Map<?, ?> from, String key) {
    return from.get(key) instanceof Map<?, ?> map ? map : Map.of();
  }

  private static void compare(JsonNode expected, Map<?, ?> actual, StringBuilder out) {
    if (expected != null) {
      expected
          .properties()
          .forEach(
              entry -> {
                String value = entry.getValue().asText();
                if (!value.equals(String.valueOf(actual.get(entry.getKey())))) {
                  out.append(
                      entry.getKey()
                          + " is "
                          + JSON.valueToTree(actual.get(entry.getKey()))
                          + " (expected: "
                          + entry.getValue()
                          + ")");
                }
              });
    }
  }
}
