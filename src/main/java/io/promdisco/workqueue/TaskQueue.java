package io.promdisco.workqueue;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.GrowingRing;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that calls one function for each task, in order. A task may be <i>skippable</i>: if a
 * later one has been done well since it was put, whose run began after it, it has nothing left to
 * do and is skipped. A task that fails is tried again, rate limited. Putting never blocks.
 */
public final class TaskQueue<T> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TaskQueue.class);

  /** Does a task. */
  @FunctionalInterface
  public interface Sync<T> {
    /** Does it; what is thrown means that it is to be tried again. */
    void sync(T task);
  }

  private record Task<T>(T value, long putAt, boolean skippable) {}

  private final String name;
  private final Sync<T> sync;
  private final Ticker ticker;
  private final RateLimiter<String> limiter;
  private final GrowingRing<Task<T>> ring = new GrowingRing<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread thread;

  @GuardedBy("this")
  private long lastSyncBegan = Long.MIN_VALUE;

  /** Starts the thread {@code sd-<name>}. */
  public TaskQueue(String name, Ticker ticker, Sync<T> sync) {
    this.name = name;
    this.sync = sync;
    this.ticker = ticker;
    limiter = RateLimiter.ofControllers(ticker);
    thread = NamedThreads.start("sd-" + name, this::run);
  }

  /** Adds a task that is done in any case. */
  public void put(T task) {
    ring.put(new Task<>(task, ticker.nanos(), false));
  }

  /** Adds a task that is skipped if a sync that began after now has gone well before its turn. */
  public void putSkippable(T task) {
    ring.put(new Task<>(task, ticker.nanos(), true));
  }

  private void run() {
    try {
      for (@Nullable Task<T> task = ring.take(); task != null; task = ring.take()) {
        if (!isStale(task)) {
          work(task);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isStale(Task<T> task) {
    return task.skippable && task.putAt < lastSyncBegan;
  }

  private void work(Task<T> task) {
    long began = ticker.nanos();
    try {
      sync.sync(task.value);
      limiter.forget(name);
      synchronized (this) {
        lastSyncBegan = Math.max(lastSyncBegan, began);
      }
    } catch (RuntimeException e) {
      log.warn("{}: a task failed and is tried again", name, e);
      ticker.schedule(limiter.next(name), () -> ring.put(task));
    }
  }

  /** Drops what waits; a task that is under way is finished. */
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
