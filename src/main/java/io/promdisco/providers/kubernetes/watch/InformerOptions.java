package io.promdisco.providers.kubernetes.watch;

import io.promdisco.util.MemoryBudget;
import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Settings of watches.
 *
 * @param pageSize the number of items of a page if the server cannot stream lists
 * @param minWatchTimeout the minimum duration of a watch; each lasts between this and twice as long
 * @param minResync the minimum resync period of a listener; shorter ones are extended
 * @param retryPeriod a broken watch is retried once in each such period, each watch at another time
 * @param random distributes retries and timeouts over time
 * @param memory the approximate limit for the objects of a watch; three times as much while the
 *     heap is not nearly full
 */
public record InformerOptions(
    int pageSize,
    Duration minWatchTimeout,
    Duration minResync,
    Duration retryPeriod,
    RandomGenerator random,
    MemoryBudget memory) {
  /**
   * Returns the defaults: 500 items; 5 to 10 minutes; 1 second; a retry every 2.8 s, so that a
   * watch works again after at most 3 s.
   */
  public static InformerOptions defaults() {
    return new InformerOptions(
        500,
        Duration.ofMinutes(5),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_800),
        new Random(),
        MemoryBudget.standard());
  }

  /** Returns these options with another memory limit. */
  public InformerOptions withMemory(MemoryBudget memory) {
    return new InformerOptions(pageSize, minWatchTimeout, minResync, retryPeriod, random, memory);
  }
}
