package io.promdisco.workqueue;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Determines how long a failed key must wait: the longer of its own pause, which doubles with each
 * failure, and what limits the overall rate of retries. Safe for all threads.
 */
final class RateLimiter<K> {
  private final Duration first;
  private final Duration longest;
  private final double perSecond;
  private final int burst;
  private final Ticker ticker;

  @GuardedBy("this")
  private final Map<K, Integer> failures = new HashMap<>();

  @GuardedBy("this")
  private double tokens;

  @GuardedBy("this")
  private long filledAt;

  /**
   * Creates a limiter with other values.
   *
   * @param first the pause after a key's first failure
   * @param longest the maximum pause of a key
   * @param perSecond the overall number of retries per second
   * @param burst the number of retries that may come at once
   */
  public RateLimiter(Duration first, Duration longest, double perSecond, int burst, Ticker ticker) {
    this.first = first;
    this.longest = longest;
    this.perSecond = perSecond;
    this.burst = burst;
    this.ticker = ticker;
    tokens = burst;
    filledAt = ticker.nanos();
  }

  /**
   * Returns a limiter with the values that controllers use: 5 ms to 1,000 s for a key; overall 10
   * per second, 100 at once.
   */
  public static <K> RateLimiter<K> ofControllers(Ticker ticker) {
    return new RateLimiter<>(Duration.ofMillis(5), Duration.ofSeconds(1000), 10, 100, ticker);
  }

  /** Counts a failure of {@code key} and returns how long it must wait. */
  public synchronized Duration next(K key) {
    int count = failures.merge(key, 1, Integer::sum);
    double own = first.toNanos() * Math.pow(2, Math.min(count - 1, 60));
    return Duration.ofNanos((long) Math.max(Math.min(own, (double) longest.toNanos()), overall()));
  }

  /** Takes a token, on credit if there is none, and returns the nanoseconds to wait for it. */
  @GuardedBy("this")
  private double overall() {
    long now = ticker.nanos();
    tokens = Math.min(burst, tokens + (now - filledAt) / 1e9 * perSecond);
    filledAt = now;
    tokens -= 1;
    return tokens >= 0 ? 0 : -tokens / perSecond * 1e9;
  }

  /** Resets the failures of {@code key}. */
  public synchronized void forget(K key) {
    failures.remove(key);
  }

  /** Returns the number of failures of {@code key} since the last reset. */
  public synchronized int failures(K key) {
    return failures.getOrDefault(key, 0);
  }
}
