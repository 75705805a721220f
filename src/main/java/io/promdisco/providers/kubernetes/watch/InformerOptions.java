package io.promdisco.providers.kubernetes.watch;

import io.promdisco.util.MemoryBudget;
import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * How a watch behaves.
 *
 * @param pageSize items of a page where the server cannot stream a list
 * @param minWatchTimeout shortest life of a watch; each lives for once to twice as long
 * @param minResync shortest resync period of a listener; shorter ones are lengthened
 * @param retryPeriod a broken watch is tried again once in each such period, each watch at another
 *     moment of it
 * @param random spreads tries and timeouts
 * @param memory what the objects of a watch may take, about; three times as much while the heap is
 *     not nearly full
 */
public record InformerOptions(
    int pageSize,
    Duration minWatchTimeout,
    Duration minResync,
    Duration retryPeriod,
    RandomGenerator random,
    MemoryBudget memory) {
  /** 500 items; 5 to 10 minutes; 1 second; a try every 2.8 s, so that 3 s see it work again. */
  public static InformerOptions defaults() {
    return new InformerOptions(
        500,
        Duration.ofMinutes(5),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_800),
        new Random(),
        MemoryBudget.standard());
  }

  /** The same with other limits of memory. */
  public InformerOptions withMemory(MemoryBudget memory) {
    return new InformerOptions(pageSize, minWatchTimeout, minResync, retryPeriod, random, memory);
  }
}
