package io.promdisco.util;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;

/** Lets a thread wait on the ticker until the time is over or it is told to end. */
public final class TickerWait {
  private final Ticker ticker;

  @GuardedBy("this")
  private boolean closed;

  /** Open. */
  public TickerWait(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Waits; false if it was closed. */
  public boolean await(Duration time) throws InterruptedException {
    boolean[] over = {false};
    Ticker.Alarm alarm =
        ticker.schedule(
            time,
            () -> {
              synchronized (this) {
                over[0] = true;
                notifyAll();
              }
            });
    try {
      synchronized (this) {
        while (!over[0] && !closed) {
          wait();
        }
        return !closed;
      }
    } finally {
      alarm.cancel();
    }
  }

  /** Whether it was closed. */
  public synchronized boolean isClosed() {
    return closed;
  }

  /** Ends all waiting, now and later. */
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
