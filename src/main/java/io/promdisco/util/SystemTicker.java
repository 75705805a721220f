package io.promdisco.util;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** The system clock. Timers run on one daemon thread, {@code sd-ticker}. */
public final class SystemTicker implements Ticker, AutoCloseable {
  private static final Logger log = EscapingLogger.of(SystemTicker.class);
  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(1, NamedThreads.daemon("sd-ticker"));

  /** Starts without a thread; the first timer starts it. */
  public SystemTicker() {
    executor.setRemoveOnCancelPolicy(true);
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public Alarm schedule(Duration delay, Runnable task) {
    try {
      Future<?> future =
          executor.schedule(() -> run(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException e) {
      // After close, the owner of the timer is being closed too.
      return () -> {};
    }
  }

  /** Needs no memory to continue: the executor puts the same task into its queue again. */
  @Override
  public Alarm every(Duration pause, Runnable task) {
    try {
      long nanos = pause.toNanos();
      Future<?> future =
          executor.scheduleWithFixedDelay(() -> run(task), nanos, nanos, TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException e) {
      return () -> {};
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) { // The executor would not report an error.
      log.error("a timer failed", e);
    }
  }

  /** Ends the thread and drops waiting timers. */
  @Override
  public void close() {
    executor.shutdownNow();
  }
}
