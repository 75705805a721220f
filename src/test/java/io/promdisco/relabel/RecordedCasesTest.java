package io.promdisco.relabel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.model.Labels;
import io.promdisco.model.NameValidation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rules on discovered labels, as a real Prometheus applied them; the rest of a target is scrape's.
 */
class RecordedCasesTest {
  /** Spellings of numbers are the configuration reader's business; 2^64 is out of range. */
  private static final Pattern ODD_MODULUS =
      Pattern.compile("\"modulus\": *(?![0-9]{1,19}[,}]|null|18446744073709551615)");

  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(strings = {"handwritten.jsonl", "random.jsonl"})
  void bothEvaluatorsAnswerAsPrometheusDid(String name) throws IOException {
    Path file =
        Path.of(System.getProperty("promdisco.shared", "../shared"), "conformance/relabel", name);
    assumeTrue(Files.exists(file));
    SoftAssertions softly = new SoftAssertions();
    int ran = 0;
    int left = 0;
    for (String line : Files.readAllLines(file)) {
      JsonNode recorded = JSON.readTree(line);
      if (recorded.has("relabel_configs_yaml")
          || recorded.path("error_stage").asText().equals("target")
          || recorded.get("relabel_configs").isEmpty()
          || line.contains("\"source_labels\": \"")
          || ODD_MODULUS.matcher(line).find()) {
        left++;
      } else {
        check(recorded, softly);
        ran++;
      }
    }
    System.out.println("relabel/" + name + ": " + ran + " cases ran, " + left + " are others'");
    softly.assertAll();
  }

  private static void check(JsonNode recorded, SoftAssertions softly) {
    String id = recorded.get("id").asText();
    String scheme =
        recorded.path("scrape_config").path("metric_name_validation_scheme").asText("utf8");
    NameValidation names = scheme.equals("legacy") ? NameValidation.LEGACY : NameValidation.UTF8;
    List<String> problems = new ArrayList<>();
    List<RelabelRule> rules = new ArrayList<>();
    for (JsonNode rule : recorded.get("relabel_configs")) {
      RelabelRule.compile(spec(rule), names, (field, message) -> problems.add(message))
          .ifPresent(rules::add);
    }
    boolean refused = recorded.path("error_stage").asText().equals("config");
    softly.assertThat(!problems.isEmpty()).as(id + " refused: " + problems).isEqualTo(refused);
    if (refused || !problems.isEmpty()) {
      return;
    }
    Labels discovered = labels(recorded.get("discovered"));
    Optional<Labels> expected = ReferenceRelabeler.apply(rules, discovered);
    softly
        .assertThat(Optional.ofNullable(new Relabeler(rules).apply(LabelView.of(discovered))))
        .as(id + ": plan and reference")
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

  /** The public labels; the address is the instance where no rule wrote one. */
  private static Map<String, String> shown(Labels labels) {
    Map<String, String> shown = new TreeMap<>(labels.toMap());
    shown.putIfAbsent("instance", labels.getOrEmpty("__address__"));
    shown.keySet().removeIf(name -> name.startsWith("__"));
    return shown;
  }

  private static RelabelSpec spec(JsonNode rule) {
    List<String> sources = null;
    if (rule.path("source_labels").isArray()) {
      sources = new ArrayList<>();
      for (JsonNode source : rule.get("source_labels")) {
        sources.add(source.asText());
      }
    }
    Long modulus = null;
    if (rule.has("modulus")) {
      String text = rule.get("modulus").asText();
      modulus = rule.get("modulus").isNull() ? Long.valueOf(0) : Long.parseUnsignedLong(text);
    }
    return new RelabelSpec(
        sources,
        text(rule, "separator"),
        text(rule, "regex"),
        modulus,
        text(rule, "target_label"),
        text(rule, "replacement"),
        text(rule, "action"),
        null);
  }

  private static @Nullable String text(JsonNode rule, String field) {
    if (!rule.has(field)) {
      return null;
    }
    return rule.get(field).isNull() ? "" : rule.get(field).asText();
  }

  private static Labels labels(JsonNode node) {
    Map<String, String> map = new TreeMap<>();
    node.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asText()));
    return Labels.of(map);
  }
}
