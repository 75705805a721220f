package io.promdisco.util;

import java.time.Duration;
import java.time.Instant;

/**
 * The clock and the alarm of everything that waits, so that a test can own both.
 *
 * <p>Code that waits blocks on a condition or a queue and asks the ticker to wake it; it never
 * sleeps.
 */
public interface Ticker {
  /** Nanoseconds that only ever grow, from an arbitrary start. */
  long nanos();

  /** The time of day, for people. */
  Instant now();

  /**
   * Runs {@code task} once after {@code delay} on the ticker's thread. The task must be short: wake
   * somebody, put a key in a queue.
   */
  Alarm schedule(Duration delay, Runnable task);

  /**
   * Runs {@code task} again and again, with a pause before the first time and between two times,
   * until it is cancelled. What the task throws does not end that.
   */
  default Alarm every(Duration pause, Runnable task) {
    return new RepeatedAlarm(this, pause, task);
  }

  /** A task that has been scheduled. */
  @FunctionalInterface
  interface Alarm {
    /** Keeps the task from running, if it has not begun; otherwise does nothing. */
    void cancel();
  }
}
