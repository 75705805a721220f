package io.promdisco.providers.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.Ticker;
import java.time.Duration;

/**
 * Waits for the end of a burst of changes: the action runs when nothing has changed for 50 ms, but
 * at the latest 500 ms after the first change. So a file that is being written is usually complete
 * when it is read. Safe for all threads.
 */
final class ChangeDebouncer {
  static final Duration QUIET = Duration.ofMillis(50);
  static final Duration LONGEST = Duration.ofMillis(500);

  private final Ticker ticker;
  private final Runnable action;

  @GuardedBy("this")
  private boolean waiting;

  @GuardedBy("this")
  private long first;

  @GuardedBy("this")
  private long last;

  /**
   * @param action must be short, because it runs on the ticker's thread
   */
  ChangeDebouncer(Ticker ticker, Runnable action) {
    this.ticker = ticker;
    this.action = action;
  }

  synchronized void changed() {
    last = ticker.nanos();
    if (!waiting) {
      waiting = true;
      first = last;
      lookAfter(QUIET.toNanos());
    }
  }

  private void lookAfter(long nanos) {
    ticker.schedule(Duration.ofNanos(nanos), this::look);
  }

  private void look() {
    synchronized (this) {
      long now = ticker.nanos();
      long left = Math.min(last + QUIET.toNanos() - now, first + LONGEST.toNanos() - now);
      if (left > 0) {
        lookAfter(left);
        return;
      }
      waiting = false;
    }
    action.run();
  }
}
