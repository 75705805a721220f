package io.promdisco.testing;

import org.jetbrains.lincheck.datastructures.StressOptions;

/** Runs threads that use one object at the same time. */
public final class Race {
  private Race() {}

  /**
   * Lets threads call the operations of {@code type} at the same time, repeatedly, and throws if
   * the results could not come from calling them one after the other.
   *
   * @param times how often each of twenty scenarios runs
   */
  public static void run(Class<?> type, int times) {
    new StressOptions()
        .iterations(8)
        .invocationsPerIteration(times)
        .threads(3)
        .actorsPerThread(3)
        .check(type);
  }
}
