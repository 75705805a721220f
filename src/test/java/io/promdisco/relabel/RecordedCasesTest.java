package io.promdisco.relabel;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.model.Labels;
import io.promdisco.model.NameValidation;
import io.promdisco.testing.RecordedCases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rules on discovered labels, with the results of a real Prometheus. The other settings of a target
 * are tested in the package scrape, and what only the YAML reader can refuse in the package config.
 */
class RecordedCasesTest {
  private final SoftAssertions softly = new SoftAssertions();
  private final Map<String, Integer> left = new TreeMap<>();

  @ParameterizedTest
  @ValueSource(strings = {"handwritten.jsonl", "random.jsonl"})
  void bothEvaluatorsAnswerAsPrometheusDid(String name) {
    RecordedCases<JsonNode> cases = RecordedCases.lines("relabel/" + name);
    for (JsonNode recorded : cases) {
      if (recorded.path("error_stage").asText().equals("target")) {
        left.merge("of a target's checks", 1, Integer::sum);
        continue;
      }
      try {
        List<RelabelSpec> specs = RecordedRules.of(recorded);
        if (specs.isEmpty() && recorded.get("outcome").asText().equals("error")) {
          left.merge("of the static targets' checks", 1, Integer::sum);
        } else {
          check(recorded, specs);
          cases.ran(recorded);
        }
      } catch (RecordedRules.ReaderNeededException e) {
        left.merge("of the configuration reader", 1, Integer::sum);
      }
    }
    cases.printSummary("both evaluators", "left: " + left);
    softly.assertAll();
  }

  private void check(JsonNode recorded, List<RelabelSpec> specs) {
    String id = recorded.get("id").asText();
    String scheme =
        recorded.path("scrape_config").path("metric_name_validation_scheme").asText("utf8");
    NameValidation names = scheme.equals("legacy") ? NameValidation.LEGACY : NameValidation.UTF8;
    List<String> problems = new ArrayList<>();
    List<RelabelRule> rules = new ArrayList<>();
    for (RelabelSpec spec : specs) {
      RelabelRule.compile(spec, names, (field, message) -> problems.add(message))
          .ifPresent(rules::add);
    }
    if (recorded.path("error_stage").asText().equals("config")) {
      softly
          .assertThat(problems)
          .as(id)
          .anyMatch(problem -> problem.startsWith(recorded.get("error").asText()));
      return;
    }
    softly.assertThat(problems).as(id).isEmpty();
    softly.assertThat(rules).as(id).hasSize(specs.size());
    Labels discovered = labels(recorded.get("discovered"));
    Optional<Labels> expected = ReferenceRelabeler.apply(rules, discovered);
    softly
        .assertThat(Optional.ofNullable(new Relabeler(rules).apply(LabelView.of(discovered))))
        .as(id + ": plan and reference")
        .isEqualTo(expected);
    softly
        .assertThat(RelabelTrace.of(rules, discovered).result())
        .as(id + ": trace and reference")
        .isEqualTo(expected);
    boolean keep = recorded.get("outcome").asText().equals("keep");
    softly.assertThat(expected.isPresent()).as(id + " kept").isEqualTo(keep);
    if (keep && expected.isPresent()) {
      softly
          .assertThat(shown(expected.get()))
          .as(id)
          .isEqualTo(labels(recorded.get("labels_out")).toMap());
    }
  }

  /** The public labels; the address is used as instance if no rule set one. */
  private static Map<String, String> shown(Labels labels) {
    Map<String, String> shown = new TreeMap<>(labels.toMap());
    shown.putIfAbsent("instance", labels.getOrEmpty("__address__"));
    shown.keySet().removeIf(name -> name.startsWith("__"));
    return shown;
  }

  private static Labels labels(JsonNode node) {
    Map<String, String> map = new TreeMap<>();
    node.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asText()));
    return Labels.of(map);
  }
}
