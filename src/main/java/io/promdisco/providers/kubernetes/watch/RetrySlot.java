package io.promdisco.providers.kubernetes.watch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The moments at which a broken watch is tried again: one in every period, at a place in it that
 * was drawn once. However long a server was away, the watches of many clients come back evenly over
 * one period, and none waits longer than that. Pauses that grow would be longer than a person
 * waits, and short ones that are drawn anew each time would crowd at the beginning. Immutable.
 */
final class RetrySlot {
  private final long period;
  private final long phase;

  /** A slot in every {@code period}, where {@code random} says. */
  RetrySlot(Duration period, RandomGenerator random) {
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException("period: " + period + " (expected: more than 0)");
    }
    this.period = period.toNanos();
    phase = random.nextLong(this.period);
  }

  /**
   * The pause from {@code now} to the first slot that is at least {@code atLeast} away; beyond
   * {@code atLeast} it is more than 0 and at most a period.
   *
   * @param now in nanoseconds, as {@code Ticker.nanos()} gives it
   */
  Duration pause(long now, Duration atLeast) {
    long earliest = now + atLeast.toNanos();
    return atLeast.plusNanos(period - Math.floorMod(earliest - phase, period));
  }
}
