package io.promdisco.providers.document;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.config.ConfigException;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetGroupYamlTest {
  private static final DocumentOrigin ORIGIN = new DocumentOrigin("__meta_filepath", "t.yml");

  private static List<TargetGroup> parse(String text) throws IOException {
    return TargetGroupYaml.parse(text.getBytes(StandardCharsets.UTF_8), ORIGIN);
  }

  @Test
  void scalarsOfAnyKindAreTextAsTheyAreSpelled() throws IOException {
    assertThat(
            parse(
                "- targets: [c:1, 9100]\n"
                    + "  labels: {n: 5, b: yes, f: 1.50, x: null, __meta_filepath: z}"))
        .containsExactly(
            new TargetGroup(
                "t.yml:0",
                List.of(Labels.of("__address__", "c:1"), Labels.of("__address__", "9100")),
                Labels.of("n", "5", "b", "yes", "f", "1.50", "x", "", "__meta_filepath", "t.yml")));
  }

  @Test
  void mergeKeysWork() throws IOException {
    List<TargetGroup> groups =
        parse("- &a\n  targets: [a:1]\n  labels: {env: x}\n- <<: *a\n  targets: [b:1]\n");
    assertThat(groups.get(1).labels().get("env")).isEqualTo("x");
    assertThat(groups.get(1).targets()).containsExactly(Labels.of("__address__", "b:1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[{? %s : 1}]", "[*%s]"})
  void longNamesAreCutInErrors(String file) {
    assertThatThrownBy(() -> parse(file.formatted("k".repeat(100_000))))
        .isInstanceOf(IOException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains("kkk").hasSizeLessThan(3_000));
  }

  @Test
  void errorsBeyondSomeThousandAreCounted() {
    String file = "- {" + "targets: [a], ".repeat(20_000) + "}";
    assertThatThrownBy(() -> parse(file))
        .hasMessageContaining("[0].targets: field targets already set")
        .satisfies(
            e ->
                assertThat(((ConfigException) requireNonNull(e.getCause())).problems())
                    .hasSize(10_001)
                    .last()
                    .asString()
                    .contains("9999 more problems"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "~", "null", "# nothing\n", "[]", "---\n"})
  void nothingIsAListWithoutGroups(String text) throws IOException {
    assertThat(parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"~", "null", "!!null ''"})
  void aNullIsTheEmptyNameOfALabel(String name) throws IOException {
    assertThat(parse("[{targets: [a:1], labels: {" + name + ": x, a: b}}]"))
        .extracting(TargetGroup::labels)
        .containsExactly(Labels.of("", "x", "a", "b", "__meta_filepath", "t.yml"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Null", "NULL"})
  void aNullInCapitalsIsAnEmptyGroupAndNoNameOfALabel(String text) throws IOException {
    assertThat(parse("[" + text + ", {targets: [a:1]}]"))
        .extracting(group -> group.targets().size())
        .containsExactly(0, 1);
    assertThatThrownBy(() -> parse("[{targets: [a:1], labels: {" + text + ": x}}]"))
        .hasMessageContaining("is not a valid label name");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{targets: [a:1]}|1:1: cannot unmarshal !!map",
        "[{targets: [a:1]}, null]|1:20: [1]: nil target group item found",
        "[{target: [a:1]}]|1:3: [0].target: field target not found",
        "[{targets: a}]|1:12: [0].targets: cannot unmarshal !!str `a`",
        "[{targets: [a], labels: {x: [1]}}]|1:29: [0].labels.x: cannot unmarshal !!seq",
        "[{targets: [a], labels: {'': x}}]|1:25: [0].labels: \"\" is not a valid label name",
        "[{targets: [a], targets: [b]}]|1:17: [0].targets: field targets already set",
        "[{targets: [a]|1:15: ",
      })
  void mistakesHaveAPlace(String text, String message) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void severalMistakesAreCounted() {
    assertThatThrownBy(() -> parse("- target: [a]\n- label: {}\n- targets: [a]\n  x: 1\n"))
        .hasMessageStartingWith("1:3: [0].target: ")
        .hasMessageEndingWith("(and 2 more)");
  }

  @Test
  @Timeout(120)
  void namesWithEqualHashesTakeNoQuadraticTime() throws IOException {
    List<String> names = List.of("");
    for (int i = 0; i < 18; i++) {
      names = names.stream().flatMap(name -> Stream.of(name + "Aa", name + "BB")).toList();
    }

    String labels = String.join(": v, ", names);

    assertThat(parse("[{targets: [a], labels: {" + labels + ": v}}]").get(0).labels().size())
        .isGreaterThanOrEqualTo(1 << 18);
  }
}
