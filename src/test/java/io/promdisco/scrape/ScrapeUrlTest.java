package io.promdisco.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScrapeUrlTest {
  @Test
  void hostKeepsWhatGoKeepsAndEscapesTheRest() {
    assertThat(url("http", "[fe80::1%eth0]:80", "/")).isEqualTo("http://[fe80::1%25eth0]:80/");
    assertThat(url("http", "a b<\">@x?y#z", "")).isEqualTo("http://a%20b<\">%40x%3Fy%23z");
    assertThat(url("http", "münchen:80", "")).isEqualTo("http://m%C3%BCnchen:80");
  }

  @Test
  void pathGetsItsSlashAndNeverHoldsAQuery() {
    assertThat(url("http", "h", "p?x=y#f")).isEqualTo("http://h/p%3Fx=y%23f");
    assertThat(url("http", "h", "/a b;c,d@e$f*")).isEqualTo("http://h/a%20b;c,d@e$f%2A");
    assertThat(url("http", "h", "*")).isEqualTo("http://h/*");
    assertThat(url("http", "h", "/😀")).isEqualTo("http://h/%F0%9F%98%80");
  }

  @Test
  void withoutSchemeItBeginsWithTwoSlashes() {
    assertThat(url("", "h:1", "/metrics")).isEqualTo("//h:1/metrics");
  }

  @Test
  void parametersAreSortedByUtf8AndEscapedAsForms() {
    Map<String, List<String>> parameters =
        Map.of(
            "b", List.of("2 3", "1"),
            "", List.of("v"),
            "a~", List.of("*'()+"),
            "none", List.of(),
            "\ufb00", List.of("x"),
            "😀", List.of("y"));

    assertThat(ScrapeUrl.of("http", "h", "/m", parameters))
        .isEqualTo("http://h/m?=v&a~=%2A%27%28%29%2B&b=2+3&b=1&%EF%AC%80=x&%F0%9F%98%80=y");
  }

  @Test
  void aParameterWithoutValuesLeavesNoQuestionMark() {
    assertThat(ScrapeUrl.of("http", "h", "/m", Map.of("x", List.of()))).isEqualTo("http://h/m");
  }

  private static String url(String scheme, String host, String path) {
    return ScrapeUrl.of(scheme, host, path, Map.of());
  }
}
