package io.promdisco.util;

import java.time.Duration;
import java.time.Instant;

/**
 * The clock and the timers of all code that waits, so that a test can control both.
 *
 * <p>Code that waits blocks on a condition or a queue and lets the ticker wake it; it never sleeps.
 */
public interface Ticker {
  /** Nanoseconds that never decrease, from an arbitrary start. */
  long nanos();

  /** The time of day, for display. */
  Instant now();

  /**
   * Runs {@code task} once after {@code delay} on the ticker's thread. The task must be short: wake
   * a thread, or put a key into a queue.
   */
  Alarm schedule(Duration delay, Runnable task);

  /**
   * Runs {@code task} repeatedly, with a pause before the first time and between two times, until
   * it is cancelled. An exception of the task does not end it.
   */
  default Alarm every(Duration pause, Runnable task) {
    return new RepeatedAlarm(this, pause, task);
  }

  /** A scheduled task. */
  @FunctionalInterface
  interface Alarm {
    /** Cancels the task if it has not begun; otherwise does nothing. */
    void cancel();
  }
}
