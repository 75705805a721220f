package io.promdisco.providers.kubernetes.role;

import io.promdisco.model.Labels;
import io.promdisco.util.SourceMemory;
import java.io.Serial;

/**
 * Estimates the memory of a group before its targets are made, and rejects it beyond a limit: an
 * object of a few kilobytes can result in millions of targets or labels. For one thread, and one
 * group at a time.
 */
public final class GroupMemory {
  /**
   * The number of targets from which the labels of a group are counted; with fewer targets they
   * cost little.
   */
  private static final int FEW_TARGETS = 10;

  private final long most;
  private long taken;

  /** Creates a counter that allows {@code most} bytes for a group. */
  public GroupMemory(long most) {
    this.most = most;
  }

  /** Returns a counter without a limit. */
  static GroupMemory unlimited() {
    return new GroupMemory(Long.MAX_VALUE / 4);
  }

  /** Begins a new group. */
  public void begin() {
    taken = 0;
  }

  /** Returns the counted bytes of the group. */
  public long taken() {
    return taken;
  }

  /** Checks the limit for this number of targets before the first one is made. */
  void expect(long targets) {
    check(SourceMemory.TARGET * targets);
  }

  /** Counts a target with at most this number of labels. */
  void target(int labels) {
    take(SourceMemory.TARGET + SourceMemory.sharedLabels(labels, 1));
  }

  /** Counts the labels of a group with this number of targets. */
  void shared(Labels labels, int targets) {
    if (targets > FEW_TARGETS) {
      take(SourceMemory.sharedLabels(labels, targets));
    }
  }

  private void take(long bytes) {
    taken += bytes;
    check(taken);
  }

  private void check(long bytes) {
    if (bytes > most) {
      throw new TooLargeException(most);
    }
  }

  /** Thrown if a group needs too much memory. */
  public static final class TooLargeException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    private TooLargeException(long most) {
      super(
          "its targets would take more than about "
              + (most >= 1 << 20 ? (most >> 20) + " MiB" : most + " bytes")
              + " of memory, half of the limit of a source (expected: fewer addresses, ports or"
              + " labels, a larger heap, or a higher limit: --source-memory, in a program"
              + " Promdisco.Builder.sourceMemory)");
    }
  }
}
