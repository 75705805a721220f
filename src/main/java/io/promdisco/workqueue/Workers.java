package io.promdisco.workqueue;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.metrics.Metrics;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Threads that process the keys of a queue with one function, after the caches that it reads are
 * synced. A failed key is retried up to {@link #RETRIES} times with a rate limit, and then dropped
 * and counted. The first of several drops is logged.
 */
public final class Workers<K> implements AutoCloseable {
  /** The maximum number of retries of a key. */
  public static final int RETRIES = 5;

  private static final Logger log = EscapingLogger.of(Workers.class);

  /** Waits for what processing needs. */
  @FunctionalInterface
  public interface Ready {
    /** Returns when processing may begin; throws if its thread is interrupted. */
    void await() throws InterruptedException;
  }

  /** Processes a batch of distinct keys. */
  @FunctionalInterface
  public interface Sync<K> {
    /**
     * Processes the keys.
     *
     * @param failed receives each failed key with the reason; the others have succeeded. An
     *     exception means that all have failed
     */
    void sync(List<K> keys, Failures<K> failed);
  }

  /** Receives failed keys. */
  @FunctionalInterface
  public interface Failures<K> {
    /** Adds a key that failed. */
    void add(K key, RuntimeException reason);
  }

  private final String name;
  private final WorkQueue<K> queue;
  private final Ready ready;
  private final Sync<K> sync;
  private final int batch;
  private final Metrics.Counter dropped;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicBoolean dropping = new AtomicBoolean(); // whether a drop was logged

  @GuardedBy("this")
  private final Set<Thread> awaiting = new HashSet<>();

  @GuardedBy("this")
  private boolean closed;

  /** Starts workers that begin immediately. */
  public Workers(
      String name, WorkQueue<K> queue, int count, int batch, Metrics metrics, Sync<K> sync) {
    this(name, queue, count, batch, metrics, () -> {}, sync);
  }

  /**
   * Starts {@code count} threads {@code sd-<name>-<n>}.
   *
   * @param batch the maximum number of keys that a thread takes at once
   * @param ready called by each thread before its first key
   */
  public Workers(
      String name,
      WorkQueue<K> queue,
      int count,
      int batch,
      Metrics metrics,
      Ready ready,
      Sync<K> sync) {
    this.name = name;
    this.queue = queue;
    this.ready = ready;
    this.sync = sync;
    this.batch = batch;
    dropped =
        metrics.counter(
            "promdisco_workqueue_dropped_total", "Keys dropped after the last retry", "name");
    for (int i = 0; i < count; i++) {
      threads.add(NamedThreads.start("sd-" + name + "-" + i, this::run));
    }
  }

  /** Returns a sync that calls a function for each key. */
  public static <K> Sync<K> each(Consumer<K> work) {
    return (keys, failed) -> {
      for (K key : keys) {
        try {
          work.accept(key);
        } catch (RuntimeException e) {
          failed.add(key, e);
        }
      }
    };
  }

  private void run() {
    try {
      if (!begin()) {
        return;
      }
      for (List<K> keys = queue.get(batch); !keys.isEmpty(); keys = queue.get(batch)) {
        work(keys);
        Thread.interrupted(); // Clears an interrupt that processing has left.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for what processing needs. Returns false if the workers are closed before. */
  private boolean begin() throws InterruptedException {
    Thread thread = Thread.currentThread();
    synchronized (this) {
      if (closed) {
        return false;
      }
      awaiting.add(thread);
    }
    ready.await();
    synchronized (this) {
      awaiting.remove(thread);
      return !closed;
    }
  }

  private void work(List<K> keys) {
    Set<K> failed = new HashSet<>();
    try {
      sync.sync(
          keys,
          (key, reason) -> {
            if (failed.add(key)) {
              failed(key, reason);
            }
          });
    } catch (Throwable e) { // An error must not end the worker.
      for (K key : keys) {
        if (failed.add(key)) {
          failed(key, e);
        }
      }
    }
    for (K key : keys) {
      if (!failed.contains(key)) {
        queue.forget(key);
      }
    }
    if (failed.isEmpty() && dropping.compareAndSet(true, false)) {
      log.info("{}: no key fails any longer", name);
    }
    queue.doneAll(keys);
  }

  private void failed(K key, Throwable reason) {
    if (queue.numRequeues(key) < RETRIES) {
      log.debug("{}: {} failed; trying again", name, key, reason);
      queue.addRateLimited(key);
      return;
    }
    queue.forget(key);
    dropped.inc(name);
    if (dropping.compareAndSet(false, true)) {
      log.warn(
          "{}: {} failed {} times and is dropped (the metric {} counts all dropped keys)",
          name,
          key,
          RETRIES + 1,
          "promdisco_workqueue_dropped_total",
          reason);
    } else {
      log.debug("{}: {} failed {} times and is dropped", name, key, RETRIES + 1, reason);
    }
  }

  /**
   * Lets the threads process waiting keys, and ends them; later retries are dropped. If processing
   * has not begun, waiting keys are dropped too.
   */
  @Override
  public void close() {
    queue.shutDown();
    synchronized (this) {
      closed = true;
      awaiting.forEach(Thread::interrupt);
    }
    for (Thread thread : threads) {
      if (thread != Thread.currentThread()) {
        Uninterruptibles.joinUninterruptibly(thread);
      }
    }
  }
}
