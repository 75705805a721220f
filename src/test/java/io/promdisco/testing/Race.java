package io.promdisco.testing;

import org.jetbrains.lincheck.datastructures.StressOptions;

/** Threads at work on one object. */
public final class Race {
  private Race() {}

  /**
   * Lets threads do the operations of {@code type} at once, again and again, and throws if what
   * they saw is not as if one had come after the other.
   *
   * @param times how often each of eight scenarios
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
