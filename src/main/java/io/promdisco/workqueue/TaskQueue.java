package io.promdisco.workqueue;

import com.google.common.util.concurrent.Uninterruptibles;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.GrowingRing;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A thread that calls one function for each task, in order. A task may be <i>skippable</i>: it is
 * skipped if a run that began after it was added has succeeded before its turn. A failed task is
 * retried until it succeeds, with a rate limit for each task. The first failure and the recovery
 * are logged. Adding never blocks.
 */
public final class TaskQueue<T> implements AutoCloseable {
  private static final Logger log = EscapingLogger.of(TaskQueue.class);

  /** Runs a task. */
  @FunctionalInterface
  public interface Sync<T> {
    /** Runs the task. If it throws an exception, the task is retried. */
    void sync(T task);
  }

  private record Task<T>(T value, long putAt, boolean skippable) {}

  private final String name;
  private final Sync<T> sync;
  private final Ticker ticker;
  private final RateLimiter<T> limiter;
  private final GrowingRing<Task<T>> ring = new GrowingRing<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread thread;

  // used by the queue's thread
  private boolean synced;
  private long lastSyncBegan;
  private boolean failing;

  /** Starts the thread {@code sd-<name>}. */
  public TaskQueue(String name, Ticker ticker, Sync<T> sync) {
    this.name = name;
    this.sync = sync;
    this.ticker = ticker;
    limiter = RateLimiter.ofControllers(ticker);
    thread = NamedThreads.start("sd-" + name, this::run);
  }

  /** Adds a task that always runs. */
  public void put(T task) {
    ring.put(new Task<>(task, ticker.nanos(), false));
  }

  /** Adds a task that is skipped if a run that begins after now succeeds before its turn. */
  public void putSkippable(T task) {
    ring.put(new Task<>(task, ticker.nanos(), true));
  }

  private void run() {
    try {
      for (@Nullable Task<T> task = ring.take(); task != null; task = ring.take()) {
        if (isStale(task)) {
          limiter.forget(task.value);
        } else {
          work(task);
          Thread.interrupted(); // Clears an interrupt that the task has left.
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isStale(Task<T> task) {
    return task.skippable && synced && task.putAt - lastSyncBegan < 0;
  }

  private void work(Task<T> task) {
    long began = ticker.nanos();
    try {
      sync.sync(task.value);
      limiter.forget(task.value);
      lastSyncBegan = began;
      synced = true;
      if (failing) {
        failing = false;
        log.info("{}: works again", name);
      }
    } catch (Throwable e) { // An error of a task must not end the queue.
      Duration wait = limiter.next(task.value);
      ticker.schedule(wait, () -> ring.put(task));
      if (failing) {
        log.debug("{}: {} failed, next try in {} ms", name, task.value, wait.toMillis(), e);
      } else {
        failing = true;
        log.warn("{}: {} failed, next try in {} ms", name, task.value, wait.toMillis(), e);
      }
    }
  }

  /** Drops waiting tasks; a running task is completed. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      ring.close();
      if (Thread.currentThread() != thread) {
        Uninterruptibles.joinUninterruptibly(thread);
      }
    }
  }
}
