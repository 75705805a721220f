package io.promdisco.util;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notices when the other side has said nothing for too long. Silence does not count while it is we
 * who have not listened. Safe for all threads.
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
   * Does nothing until it is started.
   *
   * @param isOurs whether something waits for us just now
   * @param tooLong told once what is wrong, on the ticker's thread
   */
  public IdleTimeout(
      Ticker ticker, Duration longest, BooleanSupplier isOurs, Consumer<IOException> tooLong) {
    this.ticker = ticker;
    this.longest = longest;
    this.isOurs = isOurs;
    this.tooLong = tooLong;
  }

  /** Begins to listen. */
  public synchronized void start() {
    lastSign = ticker.nanos();
    if (!stopped) {
      alarm = ticker.schedule(longest, this::check);
    }
  }

  /** The other side has said something. */
  public void received() {
    lastSign = ticker.nanos();
  }

  /** Listens no more. */
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
    tooLong.accept(new IdleTimeoutException("nothing came for " + longest.toSeconds() + " s"));
  }

  /** The other side has been silent for too long. */
  public static final class IdleTimeoutException extends IOException {
    private static final long serialVersionUID = 1;

    IdleTimeoutException(String message) {
      super(message);
    }
  }
}
