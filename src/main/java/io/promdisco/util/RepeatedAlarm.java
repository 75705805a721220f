package io.promdisco.util;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;

/** A repeating timer, made of single ones, for tickers that cannot repeat. */
final class RepeatedAlarm implements Ticker.Alarm {
  private final Ticker ticker;
  private final Duration pause;
  private final Runnable task;

  @GuardedBy("this")
  private Ticker.Alarm next = () -> {};

  @GuardedBy("this")
  private boolean cancelled;

  RepeatedAlarm(Ticker ticker, Duration pause, Runnable task) {
    this.ticker = ticker;
    this.pause = pause;
    this.task = task;
    setAgain();
  }

  private synchronized void setAgain() {
    if (!cancelled) {
      next = ticker.schedule(pause, this::run);
    }
  }

  private void run() {
    try {
      task.run();
    } finally {
      setAgain();
    }
  }

  @Override
  public synchronized void cancel() {
    cancelled = true;
    next.cancel();
  }
}
