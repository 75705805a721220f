package io.promdisco.util;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * Daemon threads for tasks that may block: each task begins at once, on an idle thread or a new
 * one; threads that have had nothing to do for ten seconds end. Safe for all threads.
 */
public final class OnDemandThreads implements AutoCloseable {
  private static final Logger log = EscapingLogger.of(OnDemandThreads.class);
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

  private final String name;
  private final ThreadPoolExecutor executor;

  /** Threads called {@code name}, {@code name-1} and so on; none yet. */
  public OnDemandThreads(String name) {
    this.name = name;
    executor =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new SynchronousQueue<>(),
            NamedThreads.daemon(name));
  }

  /** Runs {@code task} on a separate thread; does nothing once this is closed. */
  public void run(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("{}: closed, a task is left out", name);
    }
  }

  /** Interrupts all tasks and waits for their end, ten seconds at most. */
  @Override
  public void close() {
    executor.shutdownNow();
    try {
      if (!executor.awaitTermination(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("{}: a task does not end; its thread is left behind", name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
