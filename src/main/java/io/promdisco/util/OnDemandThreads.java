package io.promdisco.util;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * Daemon threads for tasks that may block. Each task starts immediately, on an idle thread or a new
 * one. Threads end after ten idle seconds. Safe for all threads.
 */
public final class OnDemandThreads implements AutoCloseable {
  private static final Logger log = EscapingLogger.of(OnDemandThreads.class);
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

  private final String name;
  private final ThreadPoolExecutor executor;

  /**
   * Creates an instance without threads. Its threads are called {@code name}, {@code name-1} and so
   * on.
   */
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

  /** Runs {@code task} on a separate thread. Does nothing after close. */
  public void run(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("{}: closed; a task was not run", name);
    }
  }

  /** Interrupts all tasks and waits for their end, at most ten seconds. */
  @Override
  public void close() {
    executor.shutdownNow();
    try {
      if (!executor.awaitTermination(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("{}: a task does not end; its thread keeps running", name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
