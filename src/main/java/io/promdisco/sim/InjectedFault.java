package io.promdisco.sim;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.providers.kubernetes.object.Resource;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** An injected fault. Safe for all threads. */
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

  /** Returns the number of requests that it has affected. */
  public synchronized int struck() {
    return struck;
  }

  /** Returns the number of answers that stall now because of it. */
  public int stalling() {
    return stalled.size();
  }

  /**
   * Ends the fault: it affects no further requests, running watches and slow answers continue
   * without it, and stalled answers are closed.
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

  /** Whether it affects this request, which is then counted. */
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

  /** Counts a request that was already running. */
  synchronized void strikesRunning() {
    struck++;
  }

  /** Returns the number of bytes of endless objects that it has sent. */
  public long flood() {
    return flood.get();
  }

  /** Sends data on {@code response} until this is healed or the client disconnects. */
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

  /** Sends nothing on {@code response} until this is healed or the connection is closed. */
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
