package io.promdisco.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrometheusDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0, PT0S, 0s",
    "0s, PT0S, 0s",
    "15s, PT15S, 15s",
    "90s, PT90S, 1m30s",
    "1h30m, PT1H30M, 1h30m",
    "7d, P7D, 1w",
    "90d, P90D, 90d",
    "1y, P365D, 1y",
    "1y1d, P366D, 366d",
    "1d2ms, PT24H0.002S, 1d2ms",
    "007m, PT7M, 7m",
    "292y, P106580D, 292y",
  })
  void readsWhatPrometheusReadsAndWritesItAsPrometheusDoes(
      String text, Duration duration, String written) {
    assertThat(PrometheusDuration.parse(text)).isEqualTo(duration);
    assertThat(PrometheusDuration.format(duration)).isEqualTo(written);
  }

  @ParameterizedTest
  @CsvSource({
    "'', empty duration string",
    "15, 'not a valid duration string: \"15\"'",
    "-1s, 'not a valid duration string: \"-1s\"'",
    "' 15s', 'not a valid duration string: \" 15s\"'",
    "1m1h, 'not a valid duration string: \"1m1h\"'",
    "1s1s, 'not a valid duration string: \"1s1s\"'",
    "1.5s, 'unknown unit \".\" in duration \"1.5s\"'",
    "1S, 'unknown unit \"S\" in duration \"1S\"'",
    "00, 'not a valid duration string: \"00\"'",
    "99999999999999999999s, 'not a valid duration string: \"99999999999999999999s\"'",
    "300y, duration out of range",
    "292y300d, duration out of range",
    "18446744073709551615ms, duration out of range",
  })
  void refusesWhatPrometheusRefusesInItsWords(String text, String message) {
    assertThatThrownBy(() -> PrometheusDuration.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void quotesTheBeginningOfALongText() {
    assertThatThrownBy(() -> PrometheusDuration.parse("x".repeat(100_000)))
        .hasMessage("not a valid duration string: \"" + "x".repeat(500) + "…\"");
  }
}
