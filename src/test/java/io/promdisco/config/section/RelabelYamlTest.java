package io.promdisco.config.section;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.config.Problem;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.load.ConfigLoader.LoadResult;
import io.promdisco.scrape.ConfiguredTargetChecks;
import io.promdisco.testing.RecordedCases;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded rules, as YAML text or as values, through the whole reader. */
class RelabelYamlTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(strings = {"handwritten.jsonl", "random.jsonl"})
  void rulesLoadOrAreRefusedAsRecorded(String name) {
    RecordedCases<JsonNode> cases = RecordedCases.lines("relabel/" + name);
    List<String> wrong = new ArrayList<>();
    int texts = 0;
    for (JsonNode recorded : cases) {
      texts += recorded.has("relabel_configs_yaml") ? 1 : 0;
      cases.ran(recorded);
      LoadResult result = read(recorded);
      boolean refused = recorded.path("error_stage").asText().equals("config");
      boolean failed = recorded.path("outcome").asText().equals("error");
      boolean found =
          ConfiguredTargetChecks.check("rules.yml", result).stream()
              .anyMatch(problem -> problem.severity() == Problem.Severity.ERROR);
      if (result.configuration().isPresent() == refused || found != failed) {
        wrong.add(
            recorded.get("id").asText()
                + ": "
                + recorded.path("error")
                + " | "
                + result.problems());
      }
    }
    cases.printSummary("configuration reader", texts + " of them as text");
    assertThat(wrong).isEmpty();
  }

  private static LoadResult read(JsonNode recorded) {
    StringBuilder yaml =
        new StringBuilder("global: {scrape_interval: 1h}\nscrape_configs:\n- job_name: j\n");
    recorded
        .path("scrape_config")
        .properties()
        .forEach(
            field ->
                yaml.append("  ")
                    .append(field.getKey())
                    .append(": ")
                    .append(field.getValue())
                    .append('\n'));
    ObjectNode labels = recorded.path("labels").deepCopy();
    labels.remove("__address__");
    yaml.append("  static_configs: [{targets: [")
        .append(JSON.valueToTree(recorded.path("labels").path("__address__").asText()).toString())
        .append("], labels: ")
        .append(labels)
        .append("}]\n");
    if (recorded.has("relabel_configs_yaml")) {
      yaml.append("  relabel_configs:\n")
          .append(recorded.get("relabel_configs_yaml").asText().indent(2));
    } else {
      yaml.append("  relabel_configs: ").append(recorded.get("relabel_configs")).append('\n');
    }
    return new ConfigLoader()
        .read("rules.yml", yaml.toString().getBytes(StandardCharsets.UTF_8), Path.of("."));
  }
}
