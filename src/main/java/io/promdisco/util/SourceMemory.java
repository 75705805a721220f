package io.promdisco.util;

import io.promdisco.model.Labels;
import java.io.IOException;
import java.io.Serial;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import org.jspecify.annotations.Nullable;

/**
 * Estimates the memory of a source of targets while it is read, and rejects what exceeds a limit
 * before it is stored. Counts characters and a flat rate for each object, including the targets
 * made from them. The estimate is rough because it is made for each string. For one thread.
 */
public final class SourceMemory {
  /** The bytes of a target group: its object and its table entries. */
  public static final int GROUP = 500;

  /** The bytes of a target: its object, and the one that relabelling makes from it. */
  public static final int TARGET = 300;

  /** The bytes of a label without its text. */
  public static final int LABEL = 100;

  /** The bytes of a group's label for each of its targets, which refer to it. */
  private static final int SHARED_LABEL = 8;

  /** The usual maximum number of labels; rules may multiply further ones for each target. */
  private static final int USUAL_LABELS = 100;

  /**
   * The usual maximum number of characters in a group's labels; answers repeat further ones for
   * each target.
   */
  private static final int USUAL_CHARACTERS = 4096;

  /** The fraction of further characters that counts for each target. */
  private static final int SHARED_CHARACTERS = 4;

  private static final long LEAST = 16L << 20;
  private static final double PRESSURE = 0.8;

  /** The number of bytes that are requested from the budget at a time. */
  private static final long STEP = 64 << 10;

  private final long most;
  private final MemoryBudget.@Nullable Share share;
  private long taken;
  private long granted; // granted by the budget

  /** Counts from zero up to the limit {@code most}, in bytes. */
  public SourceMemory(long most) {
    this(most, 0);
  }

  /** Counts from {@code taken} up to the limit {@code most}, in bytes. */
  public SourceMemory(long most, long taken) {
    this(most, taken, null);
  }

  /** Counts from {@code taken}, which {@code share} includes; null for no budget. */
  SourceMemory(long most, long taken, MemoryBudget.@Nullable Share share) {
    this.most = most;
    this.taken = taken;
    this.share = share;
    granted = share == null ? Long.MAX_VALUE : taken;
  }

  /** Returns the default limit: a quarter of the maximum heap, at least 16 MiB. */
  public static long standard() {
    return Math.max(LEAST, Runtime.getRuntime().maxMemory() / 4);
  }

  /** Returns a counter without a limit. */
  public static SourceMemory unlimited() {
    return new SourceMemory(Long.MAX_VALUE / 4);
  }

  /** Returns the counted bytes. */
  public long taken() {
    return taken;
  }

  /**
   * Adds {@code bytes}, which may be negative.
   *
   * @throws ExceededException if that exceeds the limit; then they are not counted
   */
  public void take(long bytes) throws ExceededException {
    if (bytes > 0 && taken + bytes > most) {
      throw new ExceededException(most);
    }
    count(taken + bytes);
  }

  private void count(long after) throws ExceededException {
    if (share != null && after > granted) {
      if (share.grow(after + STEP)) {
        granted = after + STEP;
      } else if (share.grow(after)) {
        granted = after;
      } else {
        throw ExceededException.ofAll(share.ofAll());
      }
    } else if (share != null && after < granted - 2 * STEP) {
      granted = after + STEP;
      share.hold(granted);
    }
    taken = after;
  }

  /**
   * Returns the additional bytes of a group's labels for all of its targets, including a part of
   * their text: it is in memory only once, but rules read it and answers repeat it for each target.
   */
  public static long sharedLabels(Labels labels, int targets) {
    long characters = 0;
    for (int i = 0; i < labels.size(); i++) {
      characters += labels.name(i).length() + labels.value(i).length();
    }
    long more = Math.max(0, characters - USUAL_CHARACTERS) / SHARED_CHARACTERS;
    return sharedLabels(labels.size(), targets) + more * Math.max(0, targets - 1);
  }

  /** Returns the additional bytes of this number of group labels for all targets of the group. */
  public static long sharedLabels(int labels, int targets) {
    long each =
        (long) SHARED_LABEL * Math.min(labels, USUAL_LABELS)
            + (long) LABEL * Math.max(0, labels - USUAL_LABELS);
    return each * targets;
  }

  /**
   * Same as {@link #take}, for estimates that are usually too high: beyond the limit, it throws
   * only if the heap was nearly full after its last collection, or beyond three times the limit.
   */
  public void takeUnderPressure(long bytes) throws ExceededException {
    long after = taken + bytes;
    if (bytes > 0 && after > most && (after / 3 > most || isHeapNearlyFull())) {
      throw new ExceededException(most);
    }
    count(after);
  }

  /** Whether little memory was free after the last collection of the heap's largest part. */
  static boolean isHeapNearlyFull() {
    for (MemoryPoolMXBean pool : Pools.ALL) {
      MemoryUsage usage = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
      long heap = Runtime.getRuntime().maxMemory();
      if (usage != null
          && usage.getMax() > heap / 3
          && usage.getUsed() > PRESSURE * usage.getMax()) {
        return true;
      }
    }
    return false;
  }

  private static final class Pools {
    static final MemoryPoolMXBean[] ALL =
        ManagementFactory.getMemoryPoolMXBeans().toArray(new MemoryPoolMXBean[0]);
  }

  /**
   * Thrown if a source exceeds a limit, so that reading it again soon would be useless and
   * expensive.
   */
  public static final class ExceededException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private ExceededException(long most) {
      this(
          "this source would take more than about "
              + (most >= 1 << 20 ? (most >> 20) + " MiB" : most + " bytes")
              + " of memory (expected: less, a larger heap, or a higher limit: --source-memory,"
              + " in a program Promdisco.Builder.sourceMemory)");
    }

    private static ExceededException ofAll(long most) {
      return new ExceededException(
          "with this source, all sources together would take more than about "
              + (most >= 1 << 20 ? (most >> 20) + " MiB" : most + " bytes")
              + " of memory (expected: less in this or another source, or a larger heap; sources"
              + " may use half of it)");
    }

    /**
     * Creates an exception for another limit than that of memory.
     *
     * @param message the limit, in one line
     */
    public ExceededException(String message) {
      super(message);
    }
  }
}
