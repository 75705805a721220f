package io.promdisco.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Waits for what another thread will do soon, where there is nothing to be woken by. */
public final class Eventually {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private Eventually() {}

  /** Tries {@code check} until it passes, or lets its failure out after twenty seconds. */
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
