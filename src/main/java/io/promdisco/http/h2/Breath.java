package io.promdisco.http.h2;

import java.util.concurrent.locks.LockSupport;

/**
 * Lets a server get ahead of a reader that has caught up, once much has come. Else each of them
 * wakes the other for every object, which costs both more than the object does. For one thread.
 */
public final class Breath {
  private static final int MUCH = 64 << 10; // bytes
  private static final long NANOS = 1_000_000;

  private final Line line;
  private int since;

  /** For the one who reads from {@code line}. */
  public Breath(Line line) {
    this.line = line;
  }

  /** So many bytes have come. */
  public void read(int bytes) {
    since += bytes;
  }

  /** Waits for a moment if it is worth it. */
  public void take() {
    if (since >= MUCH && !line.hasMore() && line.isDrained()) {
      since = 0;
      LockSupport.parkNanos(NANOS);
    }
  }
}
