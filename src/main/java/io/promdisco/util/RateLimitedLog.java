package io.promdisco.util;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Logs a line that clients can cause at most once a minute, with the number of omitted lines. Safe
 * for all threads.
 */
public final class RateLimitedLog {
  /** The pause after a line. */
  public static final Duration PAUSE = Duration.ofMinutes(1);

  private final LongSupplier nanos;
  private final Consumer<String> log;

  @GuardedBy("this")
  private long last;

  @GuardedBy("this")
  private long skipped = -1; // nothing was logged yet

  /**
   * Creates a log.
   *
   * @param nanos the clock in nanoseconds
   * @param log receives each line
   */
  public RateLimitedLog(LongSupplier nanos, Consumer<String> log) {
    this.nanos = nanos;
    this.log = log;
  }

  /** Logs a line, or counts it as omitted. */
  public void log(String line) {
    log(line, log);
  }

  /** Does the same with another log for this line, which may add an exception. */
  public void log(String line, Consumer<String> log) {
    String said;
    synchronized (this) {
      long now = nanos.getAsLong();
      if (skipped >= 0 && now - last < PAUSE.toNanos()) {
        skipped++;
        return;
      }
      said =
          skipped > 0 ? line + " (and " + skipped + " similar messages since the last one)" : line;
      last = now;
      skipped = 0;
    }
    log.accept(said);
  }
}
