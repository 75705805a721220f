package io.promdisco.util;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTextTest {
  @Test
  void plainTextIsTheSameString() {
    String text = "web-0 {env=\"prod\", path=\"C:\\temp\"} ~";
    assertThat(PrintableText.of(text)).isSameAs(text);
    assertThat(PrintableText.of("grün 東京 🚀 é")).isEqualTo("grün 東京 🚀 é");
  }

  @Test
  void controlCharactersBecomeVisibleEscapes() {
    assertThat(PrintableText.of("\u001b[31m\u0007\r\n\t\u0000\u007f"))
        .isEqualTo("\\x1b[31m\\x07\\r\\n\\t\\x00\\x7f");
    assertThat(PrintableText.of("\u0085\u009b2J\u009d")).isEqualTo("\\x85\\x9b2J\\x9d");
  }

  @Test
  void invisibleAndBidirectionalCharactersBecomeVisibleEscapes() {
    assertThat(PrintableText.of("a\u202eb\u2066c\u200bd\u200fe\ufefff"))
        .isEqualTo("a\\u202eb\\u2066c\\u200bd\\u200fe\\ufefff");
    assertThat(PrintableText.of("\u2028\u2029\u00ad\u3164\ufe0f\u2800\ufdd0\u034f"))
        .isEqualTo("\\u2028\\u2029\\xad\\u3164\\ufe0f\\u2800\\ufdd0\\u034f");
    assertThat(PrintableText.of("\udb40\udc41\udb40\udd00")).isEqualTo("\\U000e0041\\U000e0100");
  }

  @Test
  void unpairedSurrogatesBecomeVisibleEscapes() {
    assertThat(PrintableText.of("a\ud800b\udc00")).isEqualTo("a\\ud800b\\udc00");
  }

  @Test
  void longRunsOfCombiningMarksAreEscaped() {
    assertThat(PrintableText.of("e\u0301")).isEqualTo("e\u0301");
    assertThat(PrintableText.of("e" + "\u0301".repeat(9)))
        .isEqualTo("e" + "\u0301".repeat(8) + "\\u0301");
  }

  @Test
  void escapingTwiceChangesNothing() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      String once = PrintableText.of(Character.toString(c));
      assertThat(PrintableText.of(once)).isEqualTo(once);
      assertThat(once.codePoints().anyMatch(PrintableText::isHidden)).isFalse();
    }
  }

  @Test
  void aLongTextIsCutBetweenEscapes() {
    assertThat(PrintableText.brief("abcdef", 6)).isEqualTo("abcdef");
    assertThat(PrintableText.brief("abcdefg", 6)).isEqualTo("abcdef…");
    assertThat(PrintableText.brief("abc\u001bdef", 6)).isEqualTo("abc…");
    assertThat(PrintableText.brief("\u001b".repeat(1_000_000), 4)).isEqualTo("\\x1b…");
  }
}
