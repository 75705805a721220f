package io.promdisco.config.yaml;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.Problem;
import io.promdisco.config.load.ConfigLoader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Problems have the right line and column in all YAML styles. */
class YamlPlacesTest {
  private static final String TEXT = "global:\n  scrape_interval: 5s\n  no_such_key: ä😀\n";

  private static String place(byte[] content) {
    return new ConfigLoader()
        .read("a.yml", content, Path.of(".")).problems().stream()
            .filter(problem -> problem.severity() == Problem.Severity.ERROR)
            .findFirst()
            .orElseThrow()
            .position()
            .toString();
  }

  private static String place(String text) {
    return place(text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r", "\u0085", "\u2028", "\u2029"})
  void everyKindOfLineBreakEndsALine(String lineBreak) {
    assertThat(place(TEXT.replace("\n", lineBreak))).isEqualTo("a.yml:3:3");
  }

  @Test
  void encodingsAndByteOrderMarksMakeNoDifference() {
    assertThat(place("\uFEFF" + TEXT)).isEqualTo("a.yml:3:3");
    assertThat(place(("\uFEFF" + TEXT).getBytes(UTF_16LE))).isEqualTo("a.yml:3:3");
    assertThat(place(("\uFEFF" + TEXT).getBytes(UTF_16BE))).isEqualTo("a.yml:3:3");
  }

  @Test
  void aColumnIsACharacter() {
    assertThat(place("global: {\t\tä😀: 1}")).isEqualTo("a.yml:1:12");
    assertThat(place("global: {scrape_interval: 5s, 'ä😀': 1, no: 1}")).isEqualTo("a.yml:1:31");
  }

  @Test
  void whatIsWrongWithAScalarIsWhereItBegins() {
    assertThat(place("global:\n  scrape_interval: !!int &a 5s\n")).isEqualTo("a.yml:2:20");
    assertThat(place("global:\n  scrape_interval: &a\n    !!int\n    |\n     5s\n"))
        .isEqualTo("a.yml:2:20");
    assertThat(place("global:\n  scrape_interval:\n\n    'a\n\n    b'\n")).isEqualTo("a.yml:4:5");
  }

  @Test
  void whatIsWrongWithAnAliasIsAtItsAnchor() {
    assertThat(place("scrape_configs:\n- job_name: &a [b]\n- job_name: *a\n"))
        .isEqualTo("a.yml:2:13");
  }

  @Test
  void brokenSyntaxIsWhereItIsNoticed() {
    assertThat(place("global: {}\nrule_files: [a\n")).isEqualTo("a.yml:3:1");
    assertThat(place("global: {}\nrule_files: [a")).isEqualTo("a.yml:2:15");
    assertThat(place("global:\n  scrape_interval: \"5s\\z\"\n")).isEqualTo("a.yml:2:23");
    assertThat(place("global:\n\n  \tscrape_interval: 5s\n")).isEqualTo("a.yml:3:3");
    assertThat(place("# ä\nglobal: \u0001\n")).isEqualTo("a.yml:2:9");
    assertThat(place("# " + "x".repeat(600) + "\r\nglobal: \u007f\n")).isEqualTo("a.yml:2:9");
  }
}
