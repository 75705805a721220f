package io.promdisco.allocator;

import java.time.Duration;

/**
 * How a collector asks for its share, and how long it takes to act on it (decision 0024).
 *
 * @param refresh how often it asks
 * @param inForce the longest time from a change of its share until it scrapes accordingly
 */
public record Polling(Duration refresh, Duration inForce) {
  /** How long Prometheus needs to act on an answer, 12.5 s, and the time to send it. */
  private static final Duration TO_ACT = Duration.ofSeconds(15);

  /**
   * The longest refresh interval that counts: any client can speak for a collector, and what it
   * announces delays the moves of its targets.
   */
  static final Duration LONGEST_REFRESH = Duration.ofMinutes(5);

  /** A collector that has not said how often it asks. */
  static final Polling UNKNOWN = other(Duration.ofSeconds(30));

  /**
   * A program that reads targets with the code of Prometheus, as the OpenTelemetry Collector does.
   *
   * @param announced how often it asks, as it says
   */
  public static Polling prometheus(Duration announced) {
    Duration refresh = limited(announced);
    return new Polling(refresh, refresh.plus(TO_ACT));
  }

  /**
   * Another program. vmagent announces half of the time after which it looks at what it has read.
   *
   * @param announced how often it asks, as it says
   */
  public static Polling other(Duration announced) {
    Duration refresh = limited(announced);
    return new Polling(refresh, refresh.multipliedBy(3).plus(TO_ACT));
  }

  private static Duration limited(Duration refresh) {
    return refresh.compareTo(LONGEST_REFRESH) > 0 ? LONGEST_REFRESH : refresh;
  }
}
