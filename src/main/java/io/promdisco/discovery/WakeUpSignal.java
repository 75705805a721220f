package io.promdisco.discovery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A signal with one slot: no matter how often it is set while no thread waits, the next thread that
 * waits is woken once. Safe for all threads.
 */
final class WakeUpSignal {
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private boolean set;

  @GuardedBy("lock")
  private boolean closed;

  /** Wakes the waiting thread, or lets the next one continue immediately. */
  void signal() {
    lock.lock();
    try {
      set = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a signal and clears it. Returns false if it was closed. */
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

  /** Clears the signal, for a thread that will look anyway. */
  void clear() {
    lock.lock();
    try {
      set = false;
    } finally {
      lock.unlock();
    }
  }

  /** Lets all threads continue, permanently. */
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
