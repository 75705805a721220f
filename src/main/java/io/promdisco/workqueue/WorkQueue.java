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
 * A queue of keys to be worked on, first in, first out. A key waits at most once; one that is added
 * while it is in work waits again as soon as that work is done, so no two threads ever work on one
 * key. Safe for all threads.
 *
 * <p>Who takes a key with {@link #get} gives it back with {@link #done}, whatever became of the
 * work.
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

  /** Where a key is that the queue knows. */
  private enum State {
    /** It waits. */
    WAITING,
    /** Somebody works on it. */
    WORKING,
    /** Somebody works on it, and it has been added since. */
    WORKING_AND_DIRTY
  }

  /** When a key is to be added, and the alarm that does it. */
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

  /** A queue with the limits of controllers; {@code name} labels its metrics. */
  public WorkQueue(String name, Ticker ticker, Metrics metrics) {
    this(name, ticker, metrics, RateLimiter.ofControllers(ticker));
  }

  /** A queue with limits of its own. */
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

  /** Adds a key, unless it waits already or the queue is shut down. */
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

  /** Adds many keys at once. */
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

  /** Whether the key was not there already. */
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

  /** A queue that is closed and empty has no depth any more. */
  @GuardedBy("lock")
  private void countDepth() {
    if (closed && waiting.isEmpty()) {
      depth.remove(name);
    } else {
      depth.set(waiting.size(), name);
    }
  }

  /** Adds a key when {@code delay} is over; of several delays of one key the shortest counts. */
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
      // An alarm that went off while it was being replaced is not the one that counts.
      if (delayed.remove(key, due) && enqueue(key)) {
        counted(1);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Adds a key that failed, once its rate limit lets it. */
  public void addRateLimited(K key) {
    retries.inc(name);
    addAfter(key, limiter.next(key));
  }

  /** The key is well again: its next failure is the first. */
  public void forget(K key) {
    limiter.forget(key);
  }

  /** How often the key was added rate limited since it was forgotten. */
  public int numRequeues(K key) {
    return limiter.failures(key);
  }

  /**
   * Takes the oldest key, waiting for one.
   *
   * @return null once the queue is shut down and empty
   */
  public @Nullable K get() throws InterruptedException {
    List<K> one = get(1);
    return one.isEmpty() ? null : one.get(0);
  }

  /**
   * Takes up to {@code most} of the oldest keys, waiting for one.
   *
   * @return none once the queue is shut down and empty
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

  /** The work on a key is done, be it well or not. */
  public void done(K key) {
    doneAll(List.of(key));
  }

  /** The work on several keys is done, be it well or not. */
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

  /** Number of keys that wait. */
  public int length() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes no more keys; those that wait can still be got, those that are delayed are dropped. A key
   * that was added again while it is in work still comes once more.
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

  /** Takes no more keys and waits until those that are there have been worked on. */
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
