package io.promdisco.sim;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.providers.kubernetes.object.Resource;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A fault at work. Safe for all threads. */
public final class Injection {
  private final FaultRule rule;
  private final Set<Wire> stalled = ConcurrentHashMap.newKeySet();
  private final Set<Wire> slowed = ConcurrentHashMap.newKeySet();
  private final AtomicLong flood = new AtomicLong();
  private volatile boolean healed;

  @GuardedBy("this")
  private int seen;

  @GuardedBy("this")
  private int struck;

  Injection(FaultRule rule) {
    this.rule = rule;
  }

  /** How many requests it has struck. */
  public synchronized int struck() {
    return struck;
  }

  /** How many answers stall because of it now. */
  public int stalling() {
    return stalled.size();
  }

  /**
   * Ends the fault: it strikes no more, watches and slow answers under way go on without it, and
   * answers that stall because of it are closed.
   */
  public void heal() {
    healed = true;
    stalled.forEach(Wire::release);
    slowed.forEach(Wire::fullSpeed);
  }

  FaultRule rule() {
    return rule;
  }

  boolean isHealed() {
    return healed;
  }

  /** Whether it strikes this request, which then counts. */
  synchronized boolean strikes(@Nullable Resource<?> resource, String verb) {
    if (healed || !rule.fits(resource, verb)) {
      return false;
    }
    seen++;
    if (seen < rule.first() || struck >= rule.times()) {
      return false;
    }
    struck++;
    return true;
  }

  /** Counts a request that was under way already. */
  synchronized void strikesRunning() {
    struck++;
  }

  /** How many bytes of endless objects it has sent. */
  public long flood() {
    return flood.get();
  }

  /** Sends on {@code wire} until this is healed or the client hangs up. */
  void flood(Wire wire, byte[] beginning) throws IOException {
    byte[] more = new byte[64 << 10];
    Arrays.fill(more, (byte) 'x');
    for (byte[] next = beginning; !healed; next = more) {
      wire.chunk(next);
      flood.addAndGet(next.length);
    }
  }

  /** Makes {@code wire} slow until this is healed. */
  void slow(Wire wire, int bytesPerSecond) {
    slowed.add(wire);
    wire.slow(bytesPerSecond);
    if (healed) {
      wire.fullSpeed();
    }
  }

  /** Keeps {@code wire} silent until this is healed or the connection closed. */
  void stall(Wire wire) throws InterruptedException {
    stalled.add(wire);
    try {
      if (!healed) {
        wire.awaitRelease();
      }
    } finally {
      stalled.remove(wire);
    }
  }
}
