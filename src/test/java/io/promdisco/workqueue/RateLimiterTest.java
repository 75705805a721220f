package io.promdisco.workqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.testing.ManualTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private final ManualTicker ticker = new ManualTicker();
  private final RateLimiter<String> limiter = RateLimiter.ofControllers(ticker);

  @Test
  void aKeysPauseDoublesFromFiveMillisecondsWithEachFailure() {
    assertThat(limiter.next("a")).isEqualTo(Duration.ofMillis(5));
    assertThat(limiter.next("a")).isEqualTo(Duration.ofMillis(10));
    assertThat(limiter.next("a")).isEqualTo(Duration.ofMillis(20));
    assertThat(limiter.failures("a")).isEqualTo(3);
  }

  @Test
  void oneKeysFailuresDoNotLengthenTheOthersPauses() {
    for (int i = 0; i < 8; i++) {
      limiter.next("a");
    }
    assertThat(limiter.next("b")).isEqualTo(Duration.ofMillis(5));
  }

  @Test
  void noPauseOfAKeyIsLongerThanAThousandSeconds() {
    Duration pause = Duration.ZERO;
    for (int i = 0; i < 80; i++) {
      pause = limiter.next("a");
    }
    assertThat(pause).isEqualTo(Duration.ofSeconds(1000));
  }

  @Test
  void aResetKeyStartsWithTheShortestPause() {
    limiter.next("a");
    limiter.next("a");
    limiter.forget("a");
    assertThat(limiter.failures("a")).isZero();
    assertThat(limiter.next("a")).isEqualTo(Duration.ofMillis(5));
  }

  @Test
  void afterAHundredAtOnceTenASecondPass() {
    for (int i = 0; i < 100; i++) {
      assertThat(limiter.next("k" + i)).isEqualTo(Duration.ofMillis(5));
    }
    assertThat(limiter.next("k100")).isEqualTo(Duration.ofMillis(100));
    assertThat(limiter.next("k101")).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void theOverallRateRecoversWithTimeUpToTheBurst() {
    for (int i = 0; i < 101; i++) {
      limiter.next("k" + i);
    }
    ticker.advance(Duration.ofMillis(300)); // Three tokens, one of them borrowed.
    assertThat(limiter.next("x")).isEqualTo(Duration.ofMillis(5));
    assertThat(limiter.next("y")).isEqualTo(Duration.ofMillis(5));
    assertThat(limiter.next("z")).isEqualTo(Duration.ofMillis(100));
    ticker.advance(Duration.ofHours(1));
    for (int i = 0; i < 100; i++) {
      assertThat(limiter.next("later" + i)).isEqualTo(Duration.ofMillis(5));
    }
    assertThat(limiter.next("last")).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void theLongerOfBothPausesCounts() {
    for (int i = 0; i < 101; i++) {
      limiter.next("k" + i);
    }
    for (int i = 0; i < 12; i++) {
      limiter.next("slow");
    }
    // 13th failure: 5 ms * 2^12 = 20.48 s, while the bucket alone would give 1.4 s.
    assertThat(limiter.next("slow")).isEqualTo(Duration.ofMillis(20_480));
  }
}
