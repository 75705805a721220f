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
 * Threads that work on a queue's keys with one function, once the caches that it reads are synced.
 * A key that fails is tried again up to {@link #RETRIES} times, rate limited; then it is dropped
 * and counted. The first of several drops is logged.
 */
public final class Workers<K> implements AutoCloseable {
  /** How often a key that fails is tried again. */
  public static final int RETRIES = 5;

  private static final Logger log = EscapingLogger.of(Workers.class);

  /** Waits for what the work needs. */
  @FunctionalInterface
  public interface Ready {
    /** Returns when the work may begin; ends when its thread is interrupted. */
    void await() throws InterruptedException;
  }

  /** Work on a batch of keys, which are all different. */
  @FunctionalInterface
  public interface Sync<K> {
    /**
     * Works on the keys.
     *
     * @param failed takes each key that could not be worked on, with the reason; the others went
     *     well. What is thrown fails them all
     */
    void sync(List<K> keys, Failures<K> failed);
  }

  /** Takes the keys that failed. */
  @FunctionalInterface
  public interface Failures<K> {
    /** {@code key} could not be worked on. */
    void add(K key, RuntimeException reason);
  }

  private final String name;
  private final WorkQueue<K> queue;
  private final Ready ready;
  private final Sync<K> sync;
  private final int batch;
  private final Metrics.Counter dropped;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicBoolean dropping = new AtomicBoolean(); // whether a drop has been logged

  @GuardedBy("this")
  private final Set<Thread> awaiting = new HashSet<>();

  @GuardedBy("this")
  private boolean closed;

  /** Workers that begin at once. */
  public Workers(
      String name, WorkQueue<K> queue, int count, int batch, Metrics metrics, Sync<K> sync) {
    this(name, queue, count, batch, metrics, () -> {}, sync);
  }

  /**
   * Starts {@code count} threads called {@code sd-<name>-<n>}.
   *
   * @param batch how many keys a thread takes at once, at most
   * @param ready is awaited by each thread before its first key
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
            "promdisco_workqueue_dropped_total", "Keys given up after all retries", "name");
    for (int i = 0; i < count; i++) {
      threads.add(NamedThreads.start("sd-" + name + "-" + i, this::run));
    }
  }

  /** Makes a sync of a function of one key. */
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
        Thread.interrupted(); // What the work leaves behind is not meant for the queue.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Awaits what the work needs; false if the workers are closed before. */
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
    } catch (Throwable e) { // An error of the work must not end the worker.
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
      log.info("{}: no key fails any more", name);
    }
    queue.doneAll(keys);
  }

  private void failed(K key, Throwable reason) {
    if (queue.numRequeues(key) < RETRIES) {
      log.debug("{}: {} failed and is tried again", name, key, reason);
      queue.addRateLimited(key);
      return;
    }
    queue.forget(key);
    dropped.inc(name);
    if (dropping.compareAndSet(false, true)) {
      log.warn(
          "{}: {} failed {} times and is given up (others are counted in {})",
          name,
          key,
          RETRIES + 1,
          "promdisco_workqueue_dropped_total",
          reason);
    } else {
      log.debug("{}: {} failed {} times and is given up", name, key, RETRIES + 1, reason);
    }
  }

  /**
   * Lets the threads finish what waits, and ends them; retries that are due later are dropped. If
   * the work has not begun, what waits is dropped as well.
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
