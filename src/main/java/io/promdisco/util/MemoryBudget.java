package io.promdisco.util;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Memory limits for sources of targets: for each, and for all together. Each instance of promdisco
 * has one. Safe for all threads.
 */
public final class MemoryBudget {
  /** The factor by which the estimate for objects that share most of their text may be too high. */
  private static final int SHARED = 3;

  private final long ofEach;
  private final long ofAll;

  @GuardedBy("this")
  private long estimated;

  /** The total, with a third of the estimate for objects that share text. */
  @GuardedBy("this")
  private long likely;

  /**
   * Creates a budget with at most {@code ofEach} bytes for a source and {@code ofAll} bytes for all
   * of them, each at least one.
   */
  public MemoryBudget(long ofEach, long ofAll) {
    this.ofEach = ofEach;
    this.ofAll = Math.max(ofEach, ofAll);
  }

  /**
   * Returns a budget with at most {@code bytes} for a source, and half of the maximum heap for all.
   */
  public static MemoryBudget ofEach(long bytes) {
    return new MemoryBudget(bytes, Runtime.getRuntime().maxMemory() / 2);
  }

  /**
   * Returns a budget with a quarter of the maximum heap for a source, at least 16 MiB, and half of
   * it for all.
   */
  public static MemoryBudget standard() {
    return ofEach(SourceMemory.standard());
  }

  /** Returns the limit of one source in bytes. */
  public long ofEach() {
    return ofEach;
  }

  /** Returns the share of a source whose estimate is counted fully. */
  public Share share() {
    return new Share(1);
  }

  /** Returns the share of a source whose objects have most of their text in common. */
  public Share shareOfObjects() {
    return new Share(SHARED);
  }

  private synchronized boolean grow(Share share, long to) {
    if (share.isClosed || to <= share.held) {
      return true;
    }
    long expected = likely + to / share.divisor - share.held / share.divisor;
    boolean isTooMuch =
        expected > ofAll
            || (estimated + to - share.held > ofAll && SourceMemory.isHeapNearlyFull());
    if (!isTooMuch) {
      set(share, to);
    }
    return !isTooMuch;
  }

  private synchronized void set(Share share, long bytes) {
    if (!share.isClosed) {
      estimated += bytes - share.held;
      likely += bytes / share.divisor - share.held / share.divisor;
      share.held = bytes;
    }
  }

  private synchronized void close(Share share) {
    set(share, 0);
    share.isClosed = true;
  }

  /** The memory of one source, which is released when it is closed. */
  public final class Share implements AutoCloseable {
    private final int divisor;
    private long held; // used by the budget, under its lock
    private boolean isClosed; // used by the budget, under its lock

    private Share(int divisor) {
      this.divisor = divisor;
    }

    /**
     * Returns a counter for a new state of the source, which replaces the current one; only the
     * excess over the current one counts for the total. Call {@link #hold} after reading it.
     *
     * @param kept bytes that were counted before
     */
    public SourceMemory reading(long kept) {
      return new SourceMemory(ofEach, kept, this);
    }

    /** Sets the memory of the source after a new state was read or rejected. */
    public void hold(long bytes) {
      set(this, bytes);
    }

    /** Counts the excess over the current bytes. Returns false if the total would be too high. */
    boolean grow(long to) {
      return MemoryBudget.this.grow(this, to);
    }

    long ofAll() {
      return ofAll;
    }

    @Override
    public void close() {
      MemoryBudget.this.close(this);
    }
  }
}
