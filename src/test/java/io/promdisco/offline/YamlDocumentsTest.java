package io.promdisco.offline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class YamlDocumentsTest {
  private static JsonNode read(String yaml) throws Exception {
    List<ManifestDocument> documents = new ArrayList<>();
    YamlDocuments.read(yaml, documents);
    return documents.get(0).content();
  }

  @Test
  void keysOfOneLetterStayLetters() throws Exception {
    for (String letter : List.of("y", "Y", "n", "N")) {
      assertThat(comparable(read(letter + ": x"))).isEqualTo("{\"" + letter + "\": \"x\"}");
    }
  }

  @Test
  void everyRecordedDocumentIsWhatKubectlReads() throws Exception {
    InputStream in =
        Objects.requireNonNull(
            YamlDocumentsTest.class.getResourceAsStream("kubectl-scalars.tsv"), "recorded");
    int documents = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line : lines.lines().filter(YamlDocumentsTest::isKept).toList()) {
        int tab = line.indexOf('\t');
        String yaml = KubernetesJson.read(line.substring(0, tab)).textValue();
        String kubectl = comparable(KubernetesJson.read(line.substring(tab + 1)));
        assertThat(comparable(read(yaml))).as(yaml).isEqualTo(kubectl);
        documents++;
      }
    }
    assertThat(documents).isGreaterThan(1_000);
  }

  /** Keys with one letter differ intentionally. */
  private static boolean isKept(String line) {
    return !line.startsWith("#") && !line.matches("\"[yYnN]: .*") && !line.contains("\\ny: *a");
  }

  /** Returns JSON with normalized numbers and sorted keys. */
  private static String comparable(JsonNode node) {
    if (node.isNumber()) {
      return node.decimalValue().stripTrailingZeros().toString();
    }
    if (node.isArray()) {
      List<String> items = new ArrayList<>();
      node.forEach(item -> items.add(comparable(item)));
      return items.toString();
    }
    if (node.isObject()) {
      return node.properties().stream()
          .map(field -> "\"" + field.getKey() + "\": " + comparable(field.getValue()))
          .sorted()
          .collect(Collectors.joining(", ", "{", "}"));
    }
    return node.isTextual()
        ? "\"" + node.textValue() + "\""
        : String.valueOf(node.isNull() ? null : node.booleanValue());
  }

  @Test
  void numbersAndBooleansRememberHowTheyAreWritten() throws Exception {
    for (String text :
        List.of("1_000", "0x1F", "007", "1.10", "1e3", "+1", "yes", "on", "y", "False", ".5")) {
      JsonNode value = read("a: " + text).get("a");
      assertThat(value.isTextual()).as(text).isFalse();
      assertThat(value.asText()).isEqualTo(text);
    }
  }

  @Test
  void infinitiesAndNanAreText() throws Exception {
    ObjectNode object = (ObjectNode) read("{a: .inf, b: -.inf, c: .nan, d: +.Inf}");
    object.forEach(value -> assertThat(value.isTextual()).isTrue());
  }

  @Test
  void halfOfASurrogatePairBecomesTheReplacementCharacter() throws Exception {
    assertThat(KubernetesJson.read("\"a\\ud83d\"").textValue()).isEqualTo("a\ufffd");
    assertThat(KubernetesJson.read("\"\\ud83d\\ude00\"").textValue()).isEqualTo("\ud83d\ude00");
    assertThat(read("a: \"\\udc00b\"").get("a").textValue()).isEqualTo("\ufffdb");
  }
}
