package io.promdisco.sim;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A fault at work. Safe for all threads. */
public final class Injection {
  private final FaultRule rule;
  private final Set<Wire> stalled = ConcurrentHashMap.newKeySet();
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
   * Ends the fault: it strikes no more, watches under way go on without it, and answers that stall
   * because of it are closed.
   */
  public void heal() {
    healed = true;
    stalled.forEach(Wire::release);
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
