package io.promdisco.util;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.testing.ManualTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class IdleTimeoutTest {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final ManualTicker ticker = new ManualTicker();
  private boolean ours;
  private int noticed;
  private final IdleTimeout silence =
      new IdleTimeout(ticker, LONGEST, () -> ours, problem -> noticed++);

  private void seconds(int count) {
    ticker.advance(Duration.ofSeconds(count));
  }

  @Test
  void nothingHappensUntilItIsStarted() {
    seconds(600);
    assertThat(ticker.pending()).isEmpty();
    assertThat(noticed).isZero();
  }

  @Test
  void silenceIsNoticedOnceWhenItHasLastedLongEnough() {
    seconds(100);
    silence.start();
    seconds(59);
    assertThat(noticed).isZero();
    seconds(1);
    assertThat(noticed).isOne();
    seconds(600);
    assertThat(noticed).isOne();
    assertThat(ticker.pending()).isEmpty();
  }

  @Test
  void receivedDataRestartsTheTimeoutWithoutANewTimer() {
    silence.start();
    for (int i = 0; i < 10; i++) {
      seconds(50);
      silence.received();
      assertThat(ticker.pending()).hasSize(1);
    }
    seconds(59);
    assertThat(noticed).isZero();
    seconds(1);
    assertThat(noticed).isOne();
  }

  @Test
  void silenceDoesNotCountWhileSomethingWaitsForUs() {
    silence.start();
    ours = true;
    seconds(600);
    assertThat(noticed).isZero();
    ours = false;
    seconds(60);
    assertThat(noticed).isOne();
  }

  @Test
  void stoppedTimeoutReportsNothing() {
    silence.start();
    silence.stop();
    assertThat(ticker.pending()).isEmpty();
    silence.received();
    seconds(600);
    assertThat(noticed).isZero();
  }

  @Test
  void stoppedBeforeItIsStartedItStaysSo() {
    silence.stop();
    silence.start();
    assertThat(ticker.pending()).isEmpty();
  }

  @Test
  void stopDuringARefreshEndsIt() {
    IdleTimeout[] looking = new IdleTimeout[1];
    looking[0] =
        new IdleTimeout(
            ticker,
            LONGEST,
            () -> {
              looking[0].stop();
              return false;
            },
            problem -> noticed++);
    looking[0].start();
    seconds(600);
    assertThat(noticed).isZero();
    assertThat(ticker.pending()).isEmpty();
  }
}
