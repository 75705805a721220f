package io.promdisco.providers.kubernetes.watch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The moments at which a broken watch is tried again: one in every period, at a place in it that
 * was drawn once. However long a server was away, the watches of many clients come back evenly over
 * one period, and none waits longer than that. A server that answers, if only to ask for a pause,
 * is asked again when it wants to be. Pauses that grow would be longer than a person waits, and
 * short ones that are drawn anew each time would crowd at the beginning. Immutable.
 */
final class WatchRetrySchedule {
  private final long period;
  private final long phase;

  /** A slot in every {@code period}, where {@code random} says. */
  WatchRetrySchedule(Duration period, RandomGenerator random) {
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException("period: " + period + " (expected: more than 0)");
    }
    this.period = period.toNanos();
    phase = random.nextLong(this.period);
  }

  /**
   * The pause from {@code now}: to the next slot, or, where the server asks for one, as long as it
   * asks and up to a tenth of that more, at most a period: those who are asked came in their slots,
   * and so stay spread. It is never 0.
   *
   * @param now in nanoseconds, as {@code Ticker.nanos()} gives it
   * @param asked what the server asks for; zero: it does not
   */
  Duration pause(long now, Duration asked) {
    if (asked.isZero()) {
      return Duration.ofNanos(period - Math.floorMod(now - phase, period));
    }
    double part = (double) phase / period;
    return asked.plusNanos((long) (part * Math.min(period, asked.toNanos() / 10)) + 1);
  }
}
