package io.promdisco.testing;

import io.promdisco.util.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** A clock that moves only when a test moves it. Alarms run on the thread that moves it. */
public final class ManualTicker implements Ticker {
  private record Due(long at, long order, Runnable task) {}

  private final Lock lock = new ReentrantLock();
  private final Condition scheduled = lock.newCondition();
  private final PriorityQueue<Due> alarms =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
  private long nanos;
  private long order;
  private Duration jumped = Duration.ZERO;

  @Override
  public long nanos() {
    lock.lock();
    try {
      return nanos;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Instant now() {
    lock.lock();
    try {
      return Instant.parse("2026-01-01T00:00:00Z").plusNanos(nanos).plus(jumped);
    } finally {
      lock.unlock();
    }
  }

  /** Sets the time of day forward or back, as when a system clock is corrected; no time passes. */
  public void jump(Duration by) {
    lock.lock();
    try {
      jumped = jumped.plus(by);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Alarm schedule(Duration delay, Runnable task) {
    lock.lock();
    try {
      Due due = new Due(nanos + Math.max(0, delay.toNanos()), order++, task);
      alarms.add(due);
      scheduled.signalAll();
      return () -> cancel(due);
    } finally {
      lock.unlock();
    }
  }

  private void cancel(Due due) {
    lock.lock();
    try {
      alarms.remove(due);
    } finally {
      lock.unlock();
    }
  }

  /** Moves the clock, and runs every alarm that becomes due at its own time. */
  public void advance(Duration by) {
    long end = nanos() + by.toNanos();
    for (Due due = next(end); due != null; due = next(end)) {
      due.task.run();
    }
    lock.lock();
    try {
      nanos = Math.max(nanos, end);
    } finally {
      lock.unlock();
    }
  }

  private @org.jspecify.annotations.Nullable Due next(long end) {
    lock.lock();
    try {
      Due due = alarms.peek();
      if (due == null || due.at > end) {
        return null;
      }
      alarms.remove();
      nanos = Math.max(nanos, due.at);
      return due;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits (in real time, ten seconds at most) until another thread has set {@code count} alarms.
   */
  public void awaitAlarms(int count) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = Duration.ofSeconds(10).toNanos();
      while (alarms.size() < count) {
        if (left <= 0) {
          throw new AssertionError("alarms: " + alarms.size() + " (expected: " + count + ")");
        }
        left = scheduled.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The remaining times of the alarms that are set, shortest first. */
  public List<Duration> pending() {
    lock.lock();
    try {
      List<Duration> out = new ArrayList<>();
      alarms.stream()
          .sorted(Comparator.comparingLong(Due::at))
          .forEach(due -> out.add(Duration.ofNanos(due.at - nanos)));
      return out;
    } finally {
      lock.unlock();
    }
  }
}
