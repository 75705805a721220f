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
 * Estimates the memory of a source of targets while it is read, and refuses what exceeds a limit
 * before it is stored. Counts characters and a flat rate for each object, including the targets
 * made of them. The estimate is rough because it is made for each string. For one thread.
 */
public final class SourceMemory {
  /** Of a target group: its object, its entries in tables. */
  public static final int GROUP = 500;

  /** Of a target: its object, the one made of it by relabelling. */
  public static final int TARGET = 300;

  /** Of a label beside its text. */
  public static final int LABEL = 100;

  /** Of a label of a group for each of its targets, which hold references to it. */
  private static final int SHARED_LABEL = 8;

  /** The number of labels that can be intended; rules may multiply more of them for each target. */
  private static final int USUAL_LABELS = 100;

  /** Characters of a group's labels that can be intended; answers repeat more for each target. */
  private static final int USUAL_CHARACTERS = 4096;

  /** One in so many of further characters counts for each target. */
  private static final int SHARED_CHARACTERS = 4;

  private static final long LEAST = 16L << 20;
  private static final double PRESSURE = 0.8;

  /** Bytes that are asked of the budget at once. */
  private static final long STEP = 64 << 10;

  private final long most;
  private final MemoryBudget.@Nullable Share share;
  private long taken;
  private long granted; // by the budget

  /** Counts from zero; {@code most} is the limit in bytes. */
  public SourceMemory(long most) {
    this(most, 0);
  }

  /** Counts from {@code taken}. */
  public SourceMemory(long most, long taken) {
    this(most, taken, null);
  }

  /** Counts from {@code taken}, of which {@code share} knows; null: no budget. */
  SourceMemory(long most, long taken, MemoryBudget.@Nullable Share share) {
    this.most = most;
    this.taken = taken;
    this.share = share;
    granted = share == null ? Long.MAX_VALUE : taken;
  }

  /** The default limit: a quarter of the maximum heap, at least 16 MiB. */
  public static long standard() {
    return Math.max(LEAST, Runtime.getRuntime().maxMemory() / 4);
  }

  /** No limit. */
  public static SourceMemory unlimited() {
    return new SourceMemory(Long.MAX_VALUE / 4);
  }

  /** The bytes that have been counted. */
  public long taken() {
    return taken;
  }

  /**
   * Counts {@code bytes} more, or fewer if below 0.
   *
   * @throws ExceededException if that is beyond the limit; then they are not counted
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
   * The additional bytes of a group's labels for all of its targets, with a part of their text: it
   * is in memory once, but rules read it for each target, and answers repeat it.
   */
  public static long sharedLabels(Labels labels, int targets) {
    long characters = 0;
    for (int i = 0; i < labels.size(); i++) {
      characters += labels.name(i).length() + labels.value(i).length();
    }
    long more = Math.max(0, characters - USUAL_CHARACTERS) / SHARED_CHARACTERS;
    return sharedLabels(labels.size(), targets) + more * Math.max(0, targets - 1);
  }

  /** The additional bytes of so many labels of a group for all of its targets. */
  public static long sharedLabels(int labels, int targets) {
    long each =
        (long) SHARED_LABEL * Math.min(labels, USUAL_LABELS)
            + (long) LABEL * Math.max(0, labels - USUAL_LABELS);
    return each * targets;
  }

  /**
   * As {@link #take}, for estimates that are usually too high: beyond the limit it refuses only if
   * the heap was nearly full after its last collection, or beyond three times the limit.
   */
  public void takeUnderPressure(long bytes) throws ExceededException {
    long after = taken + bytes;
    if (bytes > 0 && after > most && (after / 3 > most || isHeapNearlyFull())) {
      throw new ExceededException(most);
    }
    count(after);
  }

  /** Whether little was free after the last collection of the heap's largest part. */
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

  /** A source is larger than a limit, so reading it again soon would cost much for nothing. */
  public static final class ExceededException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private ExceededException(long most) {
      this(
          "this source would take more than about "
              + (most >= 1 << 20 ? (most >> 20) + " MiB" : most + " bytes")
              + " of memory (expected: less, or a larger heap, or a larger limit: --source-memory,"
              + " in a program Promdisco.Builder.sourceMemory)");
    }

    private static ExceededException ofAll(long most) {
      return new ExceededException(
          "with this source all sources together would take more than about "
              + (most >= 1 << 20 ? (most >> 20) + " MiB" : most + " bytes")
              + " of memory (expected: less, here or in another source, or a larger heap, of which"
              + " sources may take half)");
    }

    /**
     * Names another limit than that of memory.
     *
     * @param message which limit, in one line
     */
    public ExceededException(String message) {
      super(message);
    }
  }
}
