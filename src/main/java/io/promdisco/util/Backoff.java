package io.promdisco.util;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Growing pauses between tries: each twice as long as the one before up to a longest one, and each
 * spread by up to half of it either way so that many clients do not come at once. For one thread.
 */
public final class Backoff {
  private final Duration first;
  private final Duration longest;
  private final RandomGenerator random;
  private int tries;

  /** Pauses from about {@code first} to about {@code longest}. */
  public Backoff(Duration first, Duration longest, RandomGenerator random) {
    if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "first, longest: " + first + ", " + longest + " (expected: 0 < first <= longest)");
    }
    this.first = first;
    this.longest = longest;
    this.random = random;
  }

  /** The pause before the next try. */
  public Duration next() {
    double grown = first.toNanos() * Math.pow(2, Math.min(tries, 60));
    double nanos = Math.min((double) longest.toNanos(), grown);
    tries++;
    return Duration.ofNanos((long) (nanos * (0.5 + random.nextDouble())));
  }

  /** Number of pauses taken since the last success. */
  public int tries() {
    return tries;
  }

  /** A try went well: the next pause is the first one again. */
  public void reset() {
    tries = 0;
  }
}
