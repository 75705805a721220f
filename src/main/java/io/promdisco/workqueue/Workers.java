package io.promdisco.workqueue;

import com.google.common.util.concurrent.Uninterruptibles;
import io.promdisco.metrics.Metrics;
import io.promdisco.util.NamedThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that work on a queue's keys with one function. A key that fails is tried again up to
 * {@link #RETRIES} times, rate limited; then it is dropped, counted and logged.
 */
public final class Workers<K> implements AutoCloseable {
  /** How often a key that fails is tried again. */
  public static final int RETRIES = 5;

  private static final Logger log = LoggerFactory.getLogger(Workers.class);

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
  private final Sync<K> sync;
  private final int batch;
  private final Metrics.Counter dropped;
  private final List<Thread> threads = new ArrayList<>();

  /**
   * Starts {@code count} threads called {@code sd-<name>-<n>}.
   *
   * @param batch how many keys a thread takes at once, at most
   */
  public Workers(
      String name, WorkQueue<K> queue, int count, int batch, Metrics metrics, Sync<K> sync) {
    this.name = name;
    this.queue = queue;
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
      for (List<K> keys = queue.get(batch); !keys.isEmpty(); keys = queue.get(batch)) {
        work(keys);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work(List<K> keys) {
    List<K> well = new ArrayList<>(keys);
    try {
      sync.sync(
          keys,
          (key, reason) -> {
            well.remove(key);
            failed(key, reason);
          });
    } catch (RuntimeException e) {
      well.forEach(key -> failed(key, e));
      well.clear();
    }
    well.forEach(queue::forget);
    keys.forEach(queue::done);
  }

  private void failed(K key, RuntimeException reason) {
    if (queue.numRequeues(key) < RETRIES) {
      log.debug("{}: {} failed and is tried again", name, key, reason);
      queue.addRateLimited(key);
      return;
    }
    queue.forget(key);
    dropped.inc(name);
    log.error("{}: {} failed {} times and is given up", name, key, RETRIES + 1, reason);
  }

  /** Lets the threads finish what waits, and ends them. */
  @Override
  public void close() {
    queue.shutDown();
    threads.forEach(Uninterruptibles::joinUninterruptibly);
  }
}
