package io.promdisco.util;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Detects that the other side has sent nothing for too long. Time spent applying back-pressure does
 * not count as idle. Safe for all threads.
 */
public final class IdleTimeout {
  private final Ticker ticker;
  private final Duration longest;
  private final BooleanSupplier isOurs;
  private final Consumer<IOException> tooLong;
  private volatile long lastSign;

  @GuardedBy("this")
  private Ticker.@Nullable Alarm alarm;

  @GuardedBy("this")
  private boolean stopped;

  /**
   * Creates a timeout that is not started.
   *
   * @param isOurs whether received data is waiting to be read by this side
   * @param tooLong called once with the problem, on the ticker's thread
   */
  public IdleTimeout(
      Ticker ticker, Duration longest, BooleanSupplier isOurs, Consumer<IOException> tooLong) {
    this.ticker = ticker;
    this.longest = longest;
    this.isOurs = isOurs;
    this.tooLong = tooLong;
  }

  /** Starts the timeout. */
  public synchronized void start() {
    lastSign = ticker.nanos();
    if (!stopped) {
      alarm = ticker.schedule(longest, this::check);
    }
  }

  /** Records that data was received. */
  public void received() {
    lastSign = ticker.nanos();
  }

  /** Stops the timeout. */
  public synchronized void stop() {
    stopped = true;
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
  }

  private void check() {
    boolean ours = isOurs.getAsBoolean();
    synchronized (this) {
      if (stopped) {
        return;
      }
      long left = lastSign + longest.toNanos() - ticker.nanos();
      if (left > 0 || ours) {
        alarm = ticker.schedule(left > 0 ? Duration.ofNanos(left) : longest, this::check);
        return;
      }
    }
    tooLong.accept(new IdleTimeoutException("no data for " + longest.toSeconds() + " s"));
  }

  /** Thrown if nothing was received for too long. */
  public static final class IdleTimeoutException extends IOException {
    private static final long serialVersionUID = 1;

    IdleTimeoutException(String message) {
      super(message);
    }
  }
}
