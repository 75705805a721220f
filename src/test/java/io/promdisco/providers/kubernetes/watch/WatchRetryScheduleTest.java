package io.promdisco.providers.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchRetryScheduleTest {
  private static final Duration PERIOD = InformerOptions.defaults().retryPeriod();
  private static final int INSTANCES = 1_000;
  private static final long BUCKET = Duration.ofMillis(100).toNanos();

  /**
   * A thousand instances lose their watches at the same moment and try until the server is back.
   *
   * @param away how long the server is away, in milliseconds
   * @param failing how long a try takes to fail, in milliseconds
   */
  @ParameterizedTest
  @CsvSource({"0, 0", "150, 0", "2000, 1", "10000, 7", "60000, 0", "60000, 950", "3600000, 30"})
  void aThousandInstancesReconnectEvenlyAfterAnyOutage(long away, long failing) {
    Random seeds = new Random(20_260_101);
    long back = Duration.ofMillis(away).toNanos();
    int[] buckets = new int[60];
    long latest = 0;
    for (int i = 0; i < INSTANCES; i++) {
      WatchRetrySchedule slot = new WatchRetrySchedule(PERIOD, new Random(seeds.nextLong()));
      long now = slot.pause(0, Duration.ZERO).toNanos();
      while (now < back) {
        now += Duration.ofMillis(failing).toNanos();
        now += slot.pause(now, Duration.ZERO).toNanos();
      }
      latest = Math.max(latest, now - back);
      buckets[(int) ((now - back) / BUCKET)]++;
    }
    int fullest = Arrays.stream(buckets).max().orElse(0);
    System.out.printf(
        "%d instances, server away for %d ms: at most %d in 100 ms, the last after %d ms%n",
        INSTANCES, away, fullest, latest / 1_000_000);
    assertThat(fullest)
        .isLessThanOrEqualTo(INSTANCES * 6 / 100); // if all were spread evenly: 3.6 %
    assertThat(Duration.ofNanos(latest)).isLessThan(Duration.ofSeconds(3).plusMillis(failing));
  }

  /** Each client is told at its first try how long to wait, waits that long and tries again. */
  @ParameterizedTest
  @CsvSource({"1000", "2000", "30000"})
  void clientsThatAreAskedToWaitReconnectEvenly(long asked) {
    Random seeds = new Random(7);
    int[] buckets = new int[90];
    for (int i = 0; i < INSTANCES; i++) {
      WatchRetrySchedule slot = new WatchRetrySchedule(PERIOD, new Random(seeds.nextLong()));
      long told = slot.pause(0, Duration.ZERO).toNanos();
      Duration pause = slot.pause(told, Duration.ofMillis(asked));
      Duration beyond = pause.minusMillis(asked);
      assertThat(beyond).isPositive().isLessThanOrEqualTo(Duration.ofMillis(asked / 10 + 1));
      buckets[(int) ((told + beyond.toNanos()) / BUCKET)]++;
    }
    long even = INSTANCES * 100 / PERIOD.toMillis();
    assertThat(Arrays.stream(buckets).max().orElse(0)).isLessThanOrEqualTo((int) even * 2);
  }

  @Test
  void aPauseIsNeverNothingNorLongerThanAPeriod() {
    WatchRetrySchedule slot = new WatchRetrySchedule(Duration.ofNanos(10), new Random(3));
    for (long now = -25; now < 25; now++) {
      assertThat(slot.pause(now, Duration.ZERO).toNanos()).isBetween(1L, 10L);
      assertThat(slot.pause(now, Duration.ofNanos(40)).toNanos()).isBetween(41L, 44L);
    }
    assertThatThrownBy(() -> new WatchRetrySchedule(Duration.ZERO, new Random()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("period");
  }
}
