package io.promdisco.scrape;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The targets of a job by hash. Each group that contributes an equal target adds an entry, and the
 * target exists while at least one entry does. Uses open addressing with one reference for each
 * slot, because there may be hundreds of thousands of targets. Equal targets after the first are in
 * lists. For one thread at a time.
 */
final class DistinctTargets {
  private static final int LEAST = 16; // a power of two, like every capacity

  /** Different in each process, so that nobody can choose targets with colliding slots. */
  private static final long SPREAD = new SplittableRandom().nextLong() | 1;

  private @Nullable Target[] slots = new @Nullable Target[LEAST];
  private int distinct;
  private final Map<Long, EqualTargets> equal = new HashMap<>();
  private int size;

  /**
   * Targets that are equal to the one in a slot. There is usually one, for a short time, while a
   * new group replaces the old one. Only a long list gets a table of positions.
   */
  private static final class EqualTargets {
    private static final int FEW = 16;

    private final List<Target> all = new ArrayList<>(1);
    private @Nullable IdentityHashMap<Target, Integer> places;

    void add(Target target) {
      all.add(target);
      if (places != null) {
        places.put(target, all.size() - 1);
      } else if (all.size() > FEW) {
        IdentityHashMap<Target, Integer> made = new IdentityHashMap<>();
        for (int i = 0; i < all.size(); i++) {
          made.put(all.get(i), i);
        }
        places = made;
      }
    }

    Target removeLast() {
      Target last = all.remove(all.size() - 1);
      if (places != null) {
        places.remove(last);
      }
      return last;
    }

    /** Removes this object; returns false if it is not in the list. */
    boolean remove(Target target) {
      int place = place(target);
      if (place < 0) {
        return false;
      }
      Target last = removeLast();
      if (place < all.size()) {
        all.set(place, last);
        if (places != null) {
          places.remove(target);
          places.put(last, place);
        }
      }
      return true;
    }

    @SuppressWarnings("ReferenceEquality") // this object, not an equal one
    private int place(Target target) {
      if (places != null) {
        return places.getOrDefault(target, -1);
      }
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i) == target) {
          return i;
        }
      }
      return -1;
    }
  }

  /** Adds a target; returns true if there was no equal one. */
  boolean add(Target target) {
    if (2 * (distinct + 1) > slots.length) {
      resize(2 * slots.length);
    }
    int at = slotOf(target.hash());
    size++;
    if (slots[at] != null) {
      equal.computeIfAbsent(target.hash(), hash -> new EqualTargets()).add(target);
      return false;
    }
    slots[at] = target;
    distinct++;
    return true;
  }

  /** Removes this object, which was added before; returns true if no equal target is left. */
  // Equal targets of other groups remain.
  @SuppressWarnings("ReferenceEquality")
  boolean remove(Target target) {
    int at = slotOf(target.hash());
    EqualTargets further = equal.get(target.hash());
    if (further != null) {
      if (slots[at] == target) {
        slots[at] = further.removeLast();
      } else {
        checkThere(target, further.remove(target));
      }
      if (further.all.isEmpty()) {
        equal.remove(target.hash());
      }
      size--;
      return false;
    }
    checkThere(target, slots[at] == target);
    size--;
    slots[at] = null;
    close(at);
    distinct--;
    if (slots.length > LEAST && 8 * distinct < slots.length) {
      resize(slots.length / 2);
    }
    return true;
  }

  private static void checkThere(Target target, boolean isThere) {
    if (!isThere) {
      throw new IllegalStateException(target + ": not in the table");
    }
  }

  /** Moves targets into the gap, so that it does not end the search for targets behind it. */
  private void close(int gap) {
    int mask = slots.length - 1;
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

  /** Returns the number of distinct targets. */
  int distinct() {
    return distinct;
  }

  /** Returns every target that was added, including equal ones, in any order. */
  List<Target> all() {
    List<Target> all = new ArrayList<>(size);
    forEachDistinct(all::add);
    equal.values().forEach(further -> all.addAll(further.all));
    return all;
  }

  /** Whether there is an equal target. */
  boolean contains(Target target) {
    return slots[slotOf(target.hash())] != null;
  }

  /**
   * Returns the last of the targets that are equal to this one, in their order; null if there is
   * none.
   */
  @Nullable Target current(Target target) {
    Target last = slots[slotOf(target.hash())];
    EqualTargets further = equal.get(target.hash());
    if (last != null && further != null) {
      for (Target each : further.all) {
        last = Target.BY_LABELS.compare(last, each) < 0 ? each : last;
      }
    }
    return last;
  }

  /** Calls {@code action} with one of each set of equal targets. */
  void forEachDistinct(Consumer<Target> action) {
    for (Target target : slots) {
      if (target != null) {
        action.accept(target);
      }
    }
  }

  /** Returns the slot of the targets with this hash, or the free slot where they belong. */
  private int slotOf(long hash) {
    int at = home(hash);
    for (Target there = slots[at]; there != null && there.hash() != hash; there = slots[at]) {
      at = (at + 1) & (slots.length - 1);
    }
    return at;
  }

  private int home(long hash) {
    return (int) ((hash * SPREAD) >>> (1 + Long.numberOfLeadingZeros(slots.length)));
  }

  private void resize(int capacity) {
    @Nullable Target[] old = slots;
    slots = new @Nullable Target[capacity];
    for (Target target : old) {
      if (target != null) {
        slots[slotOf(target.hash())] = target;
      }
    }
  }
}
