package io.promdisco.providers.kubernetes.watch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How a watch behaves.
 *
 * @param pageSize items of a page where the server cannot stream a list
 * @param minWatchTimeout shortest life of a watch; each lives for once to twice as long
 * @param minResync shortest resync period of a listener; shorter ones are lengthened
 * @param firstPause pause after the first failure to reach the server
 * @param longestPause longest pause while the server cannot be reached
 * @param longestRefusedPause longest pause while the server refuses
 * @param random spreads pauses and timeouts
 */
public record InformerOptions(
    int pageSize,
    Duration minWatchTimeout,
    Duration minResync,
    Duration firstPause,
    Duration longestPause,
    Duration longestRefusedPause,
    RandomGenerator random) {
  /** 500 items; 5 to 10 minutes; 1 second; 200 ms to 1 s, 30 s where the server refuses. */
  public static InformerOptions defaults() {
    return new InformerOptions(
        500,
        Duration.ofMinutes(5),
        Duration.ofSeconds(1),
        Duration.ofMillis(200),
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        new java.util.Random());
  }
}
