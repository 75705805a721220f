package io.promdisco.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GoFormattingTest {
  @Test
  void quotesAsGoDoes() {
    assertThat(GoFormatting.quote("a\"\\\n\r\t\u0001\u007f"))
        .isEqualTo("\"a\\\"\\\\\\n\\r\\t\\x01\\x7f\"");
    assertThat(GoFormatting.quote("ü日😀 ")).isEqualTo("\"ü日😀 \"");
    assertThat(GoFormatting.quote("\u00a0\u200b\ue000")).isEqualTo("\"\\u00a0\\u200b\\ue000\"");
  }

  @Test
  void quotesTheBeginningOfALongText() {
    assertThat(GoFormatting.quote("x".repeat(500))).isEqualTo('"' + "x".repeat(500) + '"');
    assertThat(GoFormatting.quote("x".repeat(501))).isEqualTo('"' + "x".repeat(500) + "…\"");
    assertThat(GoFormatting.quote("x".repeat(499) + "😀")).isEqualTo('"' + "x".repeat(499) + "…\"");
    assertThat(GoFormatting.quote("\u0001".repeat(100_000)))
        .isEqualTo('"' + "\\x01".repeat(500) + "…\"");
    assertThat(GoFormatting.quote("\udb40\udc01")).isEqualTo("\"\\U000e0001\"");
  }

  @Test
  void readsBooleansAsGoDoes() {
    assertThat(List.of("1", "t", "TRUE", "True", "F", "false")).allMatch(GoFormatting::isBoolean);
    assertThat(List.of("", "yes", "tRUE", "on", "2")).noneMatch(GoFormatting::isBoolean);
  }

  @Test
  void ordersByCodePoints() {
    List<String> texts = new ArrayList<>(List.of("😀", "\ufb00", "a", "", "ab", "😁", "z"));

    texts.sort(Utf8Text::compare);

    assertThat(texts).containsExactly("", "a", "ab", "z", "\ufb00", "😀", "😁");
  }

  @Test
  void repairsSurrogatesThatLackTheirOtherHalf() {
    assertThat(Utf8Text.encodable("a\ud83d\ude00b")).isEqualTo("a\ud83d\ude00b");
    assertThat(Utf8Text.encodable("\ud83d\ud83d\ude00\ude00x\ud83d"))
        .isEqualTo("\ufffd\ud83d\ude00\ufffdx\ufffd");
    assertThat(Utf8Text.isEncodable("a\ude00")).isFalse();
  }
}
