package io.promdisco.util;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Says something that clients cause at most once a minute, and how often it was not said in
 * between. Safe for all threads.
 */
public final class LimitedLog {
  /** How long nothing is said after a line. */
  public static final Duration PAUSE = Duration.ofMinutes(1);

  private final LongSupplier nanos;
  private final Consumer<String> log;

  @GuardedBy("this")
  private long last;

  @GuardedBy("this")
  private long skipped = -1; // nothing has been said yet

  /**
   * A log that has said nothing.
   *
   * @param nanos the clock
   * @param log takes each line
   */
  public LimitedLog(LongSupplier nanos, Consumer<String> log) {
    this.nanos = nanos;
    this.log = log;
  }

  /** Says a line, or counts it. */
  public void say(String line) {
    String said;
    synchronized (this) {
      long now = nanos.getAsLong();
      if (skipped >= 0 && now - last < PAUSE.toNanos()) {
        skipped++;
        return;
      }
      said = skipped > 0 ? line + " (and " + skipped + " more like it since the last line)" : line;
      last = now;
      skipped = 0;
    }
    log.accept(said);
  }
}
