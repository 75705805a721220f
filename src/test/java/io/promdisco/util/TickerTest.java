package io.promdisco.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.testing.ExpectsErrors;
import io.promdisco.testing.ManualTicker;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TickerTest {
  private static final Duration PAUSE = Duration.ofMillis(1);

  @Test
  @ExpectsErrors("the alarm fails")
  void aRepeatingTimerContinuesAfterAnError() throws InterruptedException {
    CountDownLatch runs = new CountDownLatch(3);
    try (SystemTicker ticker = new SystemTicker()) {
      ticker.every(
          PAUSE,
          () -> {
            runs.countDown();
            throw new OutOfMemoryError("as the test asked");
          });

      assertThat(runs.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aRepeatingTimerOfAnyTickerContinuesAfterAnErrorUntilItIsCancelled() {
    ManualTicker ticker = new ManualTicker();
    AtomicInteger runs = new AtomicInteger();
    Ticker.Alarm alarm =
        ticker.every(
            PAUSE,
            () -> {
              runs.incrementAndGet();
              throw new OutOfMemoryError("as the test asked");
            });

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> ticker.advance(PAUSE)).isInstanceOf(OutOfMemoryError.class);
    }
    alarm.cancel();
    ticker.advance(PAUSE);
    assertThat(runs).hasValue(3);
  }
}
