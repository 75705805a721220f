package io.promdisco.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Formats text and durations as Go does. */
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

  @ParameterizedTest
  @CsvSource({
    "90s, 90000",
    "24h, 86400000",
    "1h30m, 5400000",
    "1.5h, 5400000",
    ".5s, 500",
    "1500us, 1",
    "0, 0",
    "-2s, -2000",
    "+1m, 60000"
  })
  void readsDurationsAsGoDoes(String text, long millis) {
    assertThat(GoDuration.parse(text).toMillis()).isEqualTo(millis);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1d | time: unknown unit \"d\" in duration \"1d\"",
        "5 | time: missing unit in duration \"5\"",
        "s | time: invalid duration \"s\"",
        "1h-2m | time: unknown unit \"h-\" in duration \"1h-2m\"",
        "-- | time: invalid duration \"--\"",
        "9999999999h | time: invalid duration \"9999999999h\""
      })
  void refusesOtherDurationsInTheWordsOfGo(String text, String message) {
    assertThatThrownBy(() -> GoDuration.parse(text)).hasMessage(message);
    assertThat(GoDuration.parse("2562047h")).isPositive().isLessThan(Duration.ofDays(200_000));
  }
}
