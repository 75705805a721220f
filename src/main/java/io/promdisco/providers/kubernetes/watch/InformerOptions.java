package io.promdisco.providers.kubernetes.watch;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * How a watch behaves.
 *
 * @param pageSize items of a page where the server cannot stream a list
 * @param minWatchTimeout shortest life of a watch; each lives for once to twice as long
 * @param minResync shortest resync period of a listener; shorter ones are lengthened
 * @param firstPause pause after a first failure; every pause is spread by half of it either way
 * @param longestRefusedPause longest pause while nobody listens at the server's address: it is
 *     probably being restarted, and a refused connection costs it nothing
 * @param longestPause longest pause after other failures
 * @param healthyAfter how long a watch has to last until the next failure counts as the first
 * @param random spreads pauses and timeouts
 */
public record InformerOptions(
    int pageSize,
    Duration minWatchTimeout,
    Duration minResync,
    Duration firstPause,
    Duration longestRefusedPause,
    Duration longestPause,
    Duration healthyAfter,
    RandomGenerator random) {
  /** 500 items; 5 to 10 minutes; 1 second; 200 ms to 1 s where refused, else to 30 s; 30 s. */
  public static InformerOptions defaults() {
    return new InformerOptions(
        500,
        Duration.ofMinutes(5),
        Duration.ofSeconds(1),
        Duration.ofMillis(200),
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        new Random());
  }
}
