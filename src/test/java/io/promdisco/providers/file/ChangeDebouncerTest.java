package io.promdisco.providers.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.testing.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChangeDebouncerTest {
  private final ManualTicker ticker = new ManualTicker();
  private final List<Long> runs = new ArrayList<>(); // in ms
  private final ChangeDebouncer settling =
      new ChangeDebouncer(ticker, () -> runs.add(Duration.ofNanos(ticker.nanos()).toMillis()));

  private void changedEvery(int millis, int times) {
    for (int i = 0; i < times; i++) {
      settling.changed();
      ticker.advance(Duration.ofMillis(millis));
    }
  }

  @Test
  void loneChangeIsActedOnAfterAShortQuiet() {
    settling.changed();
    ticker.advance(Duration.ofSeconds(1));
    assertThat(runs).containsExactly(50L);
    assertThat(ticker.pending()).isEmpty();
  }

  @Test
  void burstIsOneChangeAtItsEnd() {
    changedEvery(20, 5);
    ticker.advance(Duration.ofSeconds(1));
    assertThat(runs).containsExactly(130L);
  }

  @Test
  void changesThatNeverStopAreActedOnEveryHalfSecond() {
    changedEvery(20, 60);
    assertThat(runs).containsExactly(500L, 1000L);
  }
}
