package io.promdisco.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Waits for what another thread does soon, where the test gets no notification. */
public final class Eventually {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private Eventually() {}

  /** Repeats {@code check} until it passes; after twenty seconds its failure is thrown. */
  public static void eventually(ThrowingCallable check) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        check.call();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
      } catch (Throwable e) {
        throw new AssertionError("the check itself failed", e);
      }
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
  }
}
