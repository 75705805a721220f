package io.promdisco.providers.kubernetes.role;

import io.promdisco.model.Labels;
import io.promdisco.util.SourceMemory;
import java.io.Serial;

/**
 * Counts about how much memory a group takes before its targets are made, and refuses it beyond a
 * limit: an object of a few kilobytes may stand for millions of targets, or for as many labels. For
 * one thread; for one group after the other.
 */
public final class GroupMemory {
  /** Labels of a group are counted from so many targets on; with fewer they cost little. */
  private static final int FEW_TARGETS = 10;

  private final long most;
  private long taken;

  /** At most {@code most} bytes for a group. */
  public GroupMemory(long most) {
    this.most = most;
  }

  /** No limit. */
  static GroupMemory unlimited() {
    return new GroupMemory(Long.MAX_VALUE / 4);
  }

  /** Begins a new group. */
  public void begin() {
    taken = 0;
  }

  /** The bytes of the group. */
  public long taken() {
    return taken;
  }

  /** Refuses so many targets before the first one is made. */
  void expect(long targets) {
    check(SourceMemory.TARGET * targets);
  }

  /** Counts a target of at most so many labels. */
  void target(int labels) {
    take(SourceMemory.TARGET + SourceMemory.sharedLabels(labels, 1));
  }

  /** Counts the labels of a group with so many targets. */
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

  /** A group takes too much memory. */
  public static final class TooLargeException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    private TooLargeException(long most) {
      super(
          "its targets would take more than about "
              + (most >= 1 << 20 ? (most >> 20) + " MiB" : most + " bytes")
              + " of memory, half of what a source may take (expected: fewer addresses, ports or"
              + " labels, or a larger heap, or a larger limit: --source-memory, in a program"
              + " Promdisco.Builder.sourceMemory)");
    }
  }
}
