package io.promdisco.scrape;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The targets of a job by hash, equal ones side by side: each group that contributes an equal
 * target adds one, and the target is there as long as one of them is. Open addressing, a reference
 * a slot, since there may be hundreds of thousands. For one thread at a time.
 */
final class TargetTable {
  private static final int LEAST = 16; // a power of two, as every capacity
  private @Nullable Target[] slots = new @Nullable Target[LEAST];
  private int size;
  private int distinct;

  /** Adds a target; true if there was no equal one. */
  boolean add(Target target) {
    if (2 * (size + 1) > slots.length) {
      resize(2 * slots.length);
    }
    boolean first = true;
    int at = home(target.hash());
    for (Target there = slots[at]; there != null; there = slots[at]) {
      first &= there.hash() != target.hash();
      at = (at + 1) & (slots.length - 1);
    }
    slots[at] = target;
    size++;
    distinct += first ? 1 : 0;
    return first;
  }

  /** Removes this very target, which was added; true if no equal one is left. */
  // Equal targets of other groups stay.
  @SuppressWarnings("ReferenceEquality")
  boolean remove(Target target) {
    boolean last = true;
    int found = -1;
    int at = home(target.hash());
    for (Target there = slots[at]; there != null; there = slots[at]) {
      if (there == target) {
        found = at;
      } else if (there.hash() == target.hash()) {
        last = false;
      }
      at = (at + 1) & (slots.length - 1);
    }
    if (found < 0) {
      throw new IllegalStateException(target + ": not in the table");
    }
    close(found);
    size--;
    distinct -= last ? 1 : 0;
    if (slots.length > LEAST && 8 * size < slots.length) {
      resize(slots.length / 2);
    }
    return last;
  }

  /** Moves targets into the gap, which no longer ends the search for those behind it. */
  private void close(int gap) {
    int mask = slots.length - 1;
    slots[gap] = null;
    int at = (gap + 1) & mask;
    for (Target there = slots[at]; there != null; there = slots[at]) {
      int distance = (at - home(there.hash())) & mask;
      if (distance >= ((at - gap) & mask)) {
        slots[gap] = there;
        slots[at] = null;
        gap = at;
      }
      at = (at + 1) & mask;
    }
  }

  /** Number of targets that differ from each other. */
  int distinct() {
    return distinct;
  }

  /** Every target that was added, in no order; equal ones are all there. */
  List<Target> all() {
    List<Target> all = new ArrayList<>(size);
    for (Target target : slots) {
      if (target != null) {
        all.add(target);
      }
    }
    return all;
  }

  /** Whether there is an equal target. */
  boolean contains(Target target) {
    int at = home(target.hash());
    for (Target there = slots[at]; there != null; there = slots[at]) {
      if (there.hash() == target.hash()) {
        return true;
      }
      at = (at + 1) & (slots.length - 1);
    }
    return false;
  }

  /** Calls {@code action} with one of each that are equal. */
  void forEachDistinct(Consumer<Target> action) {
    for (int i = 0; i < slots.length; i++) {
      Target target = slots[i];
      if (target != null && isFirst(target, i)) {
        action.accept(target);
      }
    }
  }

  private boolean isFirst(Target target, int index) {
    int at = home(target.hash());
    while (at != index) {
      Target there = slots[at];
      if (there != null && there.hash() == target.hash()) {
        return false;
      }
      at = (at + 1) & (slots.length - 1);
    }
    return true;
  }

  private int home(long hash) {
    return (int) (hash ^ (hash >>> 32)) & (slots.length - 1);
  }

  private void resize(int capacity) {
    @Nullable Target[] old = slots;
    slots = new @Nullable Target[capacity];
    for (Target target : old) {
      if (target != null) {
        int at = home(target.hash());
        while (slots[at] != null) {
          at = (at + 1) & (capacity - 1);
        }
        slots[at] = target;
      }
    }
  }
}
