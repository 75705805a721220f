package io.promdisco.workqueue;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.metrics.Metrics;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A first-in, first-out queue of keys to process. A key waits at most once. A key that is added
 * while it is being processed waits again when that ends, so no two threads ever process one key.
 * Safe for all threads.
 *
 * <p>A thread that takes a key with {@link #get} must return it with {@link #done}, whether
 * processing succeeded or not.
 */
public final class WorkQueue<K> {
  private final Ticker ticker;
  private final RateLimiter<K> limiter;
  private final String name;
  private final Metrics.Gauge depth;
  private final Metrics.Counter adds;
  private final Metrics.Counter retries;

  private final Lock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Condition drained = lock.newCondition();

  @GuardedBy("lock")
  private final ArrayDeque<K> waiting = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Map<K, State> states = new HashMap<>();

  @GuardedBy("lock")
  private final Map<K, Delayed> delayed = new HashMap<>();

  @GuardedBy("lock")
  private boolean closed;

  /** The state of a key in the queue. */
  private enum State {
    /** The key is waiting. */
    WAITING,
    /** The key is being processed. */
    WORKING,
    /** The key is being processed, and was added again. */
    WORKING_AND_DIRTY
  }

  /** When a key is to be added, and the timer for it. */
  private static final class Delayed {
    final long at;
    Ticker.@Nullable Alarm alarm;

    Delayed(long at) {
      this.at = at;
    }

    void cancel() {
      if (alarm != null) {
        alarm.cancel();
      }
    }
  }

  /** Creates a queue with the limits of controllers; {@code name} is a label of its metrics. */
  public WorkQueue(String name, Ticker ticker, Metrics metrics) {
    this(name, ticker, metrics, RateLimiter.ofControllers(ticker));
  }

  /** Creates a queue with other limits. */
  WorkQueue(String name, Ticker ticker, Metrics metrics, RateLimiter<K> limiter) {
    this.name = name;
    this.ticker = ticker;
    this.limiter = limiter;
    depth = metrics.gauge("workqueue_depth", "Current depth of workqueue", "name");
    adds =
        metrics.counter(
            "workqueue_adds_total", "Total number of adds handled by workqueue", "name");
    retries =
        metrics.counter(
            "workqueue_retries_total", "Total number of retries handled by workqueue", "name");
  }

  /** Adds a key, unless it is waiting or the queue is shut down. */
  public void add(K key) {
    lock.lock();
    try {
      if (enqueue(key)) {
        counted(1);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Adds several keys. */
  public void addAll(Iterable<? extends K> keys) {
    lock.lock();
    try {
      int added = 0;
      for (K key : keys) {
        if (enqueue(key)) {
          added++;
        }
      }
      if (added > 0) {
        counted(added);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether the key was added. */
  @GuardedBy("lock")
  private boolean enqueue(K key) {
    if (closed) {
      return false;
    }
    State state = states.get(key);
    if (state == null) {
      states.put(key, State.WAITING);
      waiting.add(key);
      filled.signal();
      return true;
    }
    return state == State.WORKING && states.put(key, State.WORKING_AND_DIRTY) == State.WORKING;
  }

  @GuardedBy("lock")
  private void counted(int added) {
    adds.add(added, name);
    countDepth();
  }

  /** The metric of a queue that is closed and empty is removed. */
  @GuardedBy("lock")
  private void countDepth() {
    if (closed && waiting.isEmpty()) {
      depth.remove(name);
    } else {
      depth.set(waiting.size(), name);
    }
  }

  /** Adds a key after {@code delay}; of several delays of one key, the shortest is used. */
  public void addAfter(K key, Duration delay) {
    if (delay.isNegative() || delay.isZero()) {
      add(key);
      return;
    }
    lock.lock();
    try {
      if (closed) {
        return;
      }
      Delayed now = new Delayed(ticker.nanos() + delay.toNanos());
      Delayed before = delayed.get(key);
      if (before != null) {
        if (before.at - now.at <= 0) {
          return;
        }
        before.cancel();
      }
      delayed.put(key, now);
      now.alarm = ticker.schedule(delay, () -> due(key, now));
    } finally {
      lock.unlock();
    }
  }

  private void due(K key, Delayed due) {
    lock.lock();
    try {
      // A timer that fires while it is being replaced does not count.
      if (delayed.remove(key, due) && enqueue(key)) {
        counted(1);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Adds a failed key when its rate limit allows it. */
  public void addRateLimited(K key) {
    retries.inc(name);
    addAfter(key, limiter.next(key));
  }

  /** Resets the failures of a key. */
  public void forget(K key) {
    limiter.forget(key);
  }

  /** Returns how often the key was added with a rate limit since the last reset. */
  public int numRequeues(K key) {
    return limiter.failures(key);
  }

  /**
   * Waits for the oldest key and takes it.
   *
   * @return null if the queue is shut down and empty
   */
  public @Nullable K get() throws InterruptedException {
    List<K> one = get(1);
    return one.isEmpty() ? null : one.get(0);
  }

  /**
   * Waits for a key and takes up to {@code most} of the oldest keys.
   *
   * @return an empty list if the queue is shut down and empty
   */
  public List<K> get(int most) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty() && !closed) {
        filled.await();
      }
      List<K> keys = new ArrayList<>(Math.min(most, waiting.size()));
      while (keys.size() < most && !waiting.isEmpty()) {
        K key = waiting.remove();
        states.put(key, State.WORKING);
        keys.add(key);
      }
      countDepth();
      return keys;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the processing of a key, successful or not. */
  public void done(K key) {
    doneAll(List.of(key));
  }

  /** Ends the processing of several keys, successful or not. */
  public void doneAll(Iterable<? extends K> keys) {
    lock.lock();
    try {
      for (K key : keys) {
        State state = states.get(key);
        if (state == State.WORKING) {
          states.remove(key);
        } else if (state == State.WORKING_AND_DIRTY) {
          states.put(key, State.WAITING);
          waiting.add(key);
          filled.signal();
        }
      }
      countDepth();
      if (states.isEmpty()) {
        drained.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns the number of waiting keys. */
  public int length() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stops accepting keys. Waiting keys can still be taken; delayed keys are dropped. A key that was
   * added again while it is being processed is still returned once more.
   */
  public void shutDown() {
    lock.lock();
    try {
      closed = true;
      delayed.values().forEach(Delayed::cancel);
      delayed.clear();
      countDepth();
      filled.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Stops accepting keys and waits until the existing ones are processed. */
  public void shutDownWithDrain() throws InterruptedException {
    shutDown();
    lock.lockInterruptibly();
    try {
      while (!states.isEmpty()) {
        drained.await();
      }
    } finally {
      lock.unlock();
    }
  }
}
