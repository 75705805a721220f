package io.promdisco.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one request go first while there is no connection yet, so that those that come at the same
 * time share its HTTP/2 connection instead of opening one each. Nobody waits longer than {@link
 * #PATIENCE}. Safe for all threads.
 */
final class ConnectionGate {
  /** How long requests wait for the first one's answer. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Ticker ticker;
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private boolean open;

  @GuardedBy("lock")
  private boolean somebodyConnects;

  ConnectionGate(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Waits until there is a connection, or it is the caller's turn to make one. */
  void enter() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (open) {
        return;
      }
      if (somebodyConnects) {
        awaitFirst();
      }
      somebodyConnects = true;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void awaitFirst() throws InterruptedException {
    long end = ticker.nanos() + PATIENCE.toNanos();
    Ticker.Alarm alarm = ticker.schedule(PATIENCE, this::wake);
    try {
      while (!open && somebodyConnects && ticker.nanos() - end < 0) {
        changed.await();
      }
    } finally {
      alarm.cancel();
    }
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** An answer came: there is a connection. */
  void connected() {
    set(true);
  }

  /** A request failed or was given up, or a stream broke: the next request goes first again. */
  void disconnected() {
    set(false);
  }

  private void set(boolean isOpen) {
    lock.lock();
    try {
      open = isOpen;
      somebodyConnects = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
