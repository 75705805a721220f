package io.promdisco.discovery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A one-slot wake-up: however often it is signalled while nobody waits, the next one who waits is
 * woken once. Safe for all threads.
 */
final class WakeUpSignal {
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private boolean set;

  @GuardedBy("lock")
  private boolean closed;

  /** Wakes the one who waits, or lets the next one through. */
  void signal() {
    lock.lock();
    try {
      set = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a signal and takes it; false if the trigger was closed. */
  boolean await() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!set && !closed) {
        changed.await();
      }
      set = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets a signal; for one who is about to look anyhow. */
  void clear() {
    lock.lock();
    try {
      set = false;
    } finally {
      lock.unlock();
    }
  }

  /** Lets everybody through for ever. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
