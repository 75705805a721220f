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
public final class InjectedFault {
  private final FaultRule rule;
  private final Set<ResponseWriter> stalled = ConcurrentHashMap.newKeySet();
  private final Set<ResponseWriter> slowed = ConcurrentHashMap.newKeySet();
  private final AtomicLong flood = new AtomicLong();
  private volatile boolean healed;

  @GuardedBy("this")
  private int seen;

  @GuardedBy("this")
  private int struck;

  InjectedFault(FaultRule rule) {
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
    stalled.forEach(ResponseWriter::release);
    slowed.forEach(ResponseWriter::fullSpeed);
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

  /** Sends on {@code response} until this is healed or the client hangs up. */
  void flood(ResponseWriter response, byte[] beginning) throws IOException {
    byte[] more = new byte[64 << 10];
    Arrays.fill(more, (byte) 'x');
    for (byte[] next = beginning; !healed; next = more) {
      response.chunk(next);
      flood.addAndGet(next.length);
    }
  }

  /** Makes {@code response} slow until this is healed. */
  void slow(ResponseWriter response, int bytesPerSecond) {
    slowed.add(response);
    response.slow(bytesPerSecond);
    if (healed) {
      response.fullSpeed();
    }
  }

  /** Keeps {@code response} silent until this is healed or the connection closed. */
  void stall(ResponseWriter response) throws InterruptedException {
    stalled.add(response);
    try {
      if (!healed) {
        response.awaitRelease();
      }
    } finally {
      stalled.remove(response);
    }
  }
}
