package io.promdisco.util;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * The limits of the memory that sources of targets hold: of each, and of all together. One for each
 * instance of promdisco. Safe for all threads.
 */
public final class MemoryBudget {
  /** What is estimated of objects that share most of their text is up to so many times too high. */
  private static final int SHARED = 3;

  private final long ofEach;
  private final long ofAll;

  @GuardedBy("this")
  private long estimated;

  /** The same with a third of what shares its text. */
  @GuardedBy("this")
  private long likely;

  /** At most {@code ofEach} bytes for a source, and {@code ofAll} for all of them, at least one. */
  public MemoryBudget(long ofEach, long ofAll) {
    this.ofEach = ofEach;
    this.ofAll = Math.max(ofEach, ofAll);
  }

  /** At most {@code bytes} for a source, and half of the maximum heap for all. */
  public static MemoryBudget ofEach(long bytes) {
    return new MemoryBudget(bytes, Runtime.getRuntime().maxMemory() / 2);
  }

  /** A quarter of the maximum heap for a source, at least 16 MiB, and half of it for all. */
  public static MemoryBudget standard() {
    return ofEach(SourceMemory.standard());
  }

  /** The bytes of memory that one source may take. */
  public long ofEach() {
    return ofEach;
  }

  /** The share of a source that is counted as it is estimated. */
  public Share share() {
    return new Share(1);
  }

  /** The share of a source whose objects have most of their text in common. */
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

  /** What one source holds. It gives it back when it is closed. */
  public final class Share implements AutoCloseable {
    private final int divisor;
    private long held; // by the budget, under its lock
    private boolean isClosed; // by the budget, under its lock

    private Share(int divisor) {
      this.divisor = divisor;
    }

    /**
     * Counts a new state of the source, which replaces the one that is held: only what it takes
     * beyond that one is counted for all. Call {@link #hold} when it is read.
     *
     * @param kept bytes of it that were counted before
     */
    public SourceMemory reading(long kept) {
      return new SourceMemory(ofEach, kept, this);
    }

    /** The source holds {@code bytes} from now on, after a new state has been read or refused. */
    public void hold(long bytes) {
      set(this, bytes);
    }

    /** Counts what is beyond the bytes held until now; false: it is too much for all sources. */
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
