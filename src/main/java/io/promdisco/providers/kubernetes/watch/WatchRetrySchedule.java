package io.promdisco.providers.kubernetes.watch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Decides when a broken watch is retried: once in every period, at an offset that is chosen once at
 * random. So the watches of many clients reconnect evenly over one period, however long the server
 * was unavailable, and none waits longer than a period. If the server answers and requests a pause,
 * the retry is after that pause. Growing pauses would take longer than a person waits, and a new
 * random pause for each try would concentrate retries at the beginning. Immutable.
 */
final class WatchRetrySchedule {
  private final long period;
  private final long phase;

  /** Creates a schedule with one retry in every {@code period}, at a random offset. */
  WatchRetrySchedule(Duration period, RandomGenerator random) {
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException("period: " + period + " (expected: more than 0)");
    }
    this.period = period.toNanos();
    phase = random.nextLong(this.period);
  }

  /**
   * Returns the pause from {@code now} to the next retry. If the server requests a pause, it is
   * that pause and up to a tenth more, at most a period more; clients that are asked have come at
   * their offsets, and so remain distributed. The pause is never 0.
   *
   * @param now nanoseconds of {@code Ticker.nanos()}
   * @param asked the pause that the server requests; zero for none
   */
  Duration pause(long now, Duration asked) {
    if (asked.isZero()) {
      return Duration.ofNanos(period - Math.floorMod(now - phase, period));
    }
    double part = (double) phase / period;
    return asked.plusNanos((long) (part * Math.min(period, asked.toNanos() / 10)) + 1);
  }
}
