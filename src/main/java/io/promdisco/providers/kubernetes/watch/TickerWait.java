package io.promdisco.providers.kubernetes.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.Ticker;
import java.time.Duration;

/** Lets a thread wait on the ticker until a time has passed or it is closed. */
final class TickerWait {
  private final Ticker ticker;

  @GuardedBy("this")
  private boolean closed;

  TickerWait(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Waits. Returns false if it was closed. */
  boolean await(Duration time) throws InterruptedException {
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

  synchronized boolean isClosed() {
    return closed;
  }

  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
