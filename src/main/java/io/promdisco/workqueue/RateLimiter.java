package io.promdisco.workqueue;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How long a key that failed has to wait: the longer of what its own failures ask for, which
 * doubles with each, and what keeps the overall rate of retries in bounds. Safe for all threads.
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
   * A limiter of its own figures.
   *
   * @param first pause after a key's first failure
   * @param longest pause after its last
   * @param perSecond overall retries a second
   * @param burst how many may come at once
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

  /** 5 ms to 1,000 s for a key; overall 10 a second, 100 at once: what controllers use. */
  public static <K> RateLimiter<K> ofControllers(Ticker ticker) {
    return new RateLimiter<>(Duration.ofMillis(5), Duration.ofSeconds(1000), 10, 100, ticker);
  }

  /** Counts a failure of {@code key} and says how long it has to wait. */
  public synchronized Duration next(K key) {
    int count = failures.merge(key, 1, Integer::sum);
    double own = first.toNanos() * Math.pow(2, Math.min(count - 1, 60));
    return Duration.ofNanos((long) Math.max(Math.min(own, (double) longest.toNanos()), overall()));
  }

  /**
   * Takes a token, on credit if there is none, and says for how many nanoseconds to wait for it.
   */
  @GuardedBy("this")
  private double overall() {
    long now = ticker.nanos();
    tokens = Math.min(burst, tokens + (now - filledAt) / 1e9 * perSecond);
    filledAt = now;
    tokens -= 1;
    return tokens >= 0 ? 0 : -tokens / perSecond * 1e9;
  }

  /** Forgets the failures of {@code key}. */
  public synchronized void forget(K key) {
    failures.remove(key);
  }

  /** How often {@code key} has failed since it was forgotten. */
  public synchronized int failures(K key) {
    return failures.getOrDefault(key, 0);
  }
}
