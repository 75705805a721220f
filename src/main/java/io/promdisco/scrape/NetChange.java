package io.promdisco.scrape;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sum of changes of one job's targets. An addition and a removal of equal targets cancel each
 * other out, so it has at most one entry for each distinct target. For one thread at a time.
 */
final class NetChange {
  private final Map<Long, NetCount> balances = new LinkedHashMap<>();
  private long cancelled;

  /** Adds a change. */
  void add(TargetChange change) {
    // Removals come first, so that additions remain in the order of their arrival.
    change.removed().forEach(this::removed);
    change.changed().forEach(changed -> removed(changed.before()));
    change.changed().forEach(changed -> added(changed.after()));
    change.added().forEach(this::added);
  }

  /** Records that a target was added. */
  void added(Target target) {
    count(target, 1);
  }

  /** Records that a target was removed. */
  void removed(Target target) {
    count(target, -1);
  }

  private void count(Target target, int by) {
    NetCount balance = balances.get(target.hash());
    if (balance == null) {
      balances.put(target.hash(), new NetCount(target, by));
    } else if (balance.count + by == 0) {
      balances.remove(target.hash());
      cancelled++;
    } else {
      balance.count += by;
      balance.target = by > 0 ? target : balance.target;
    }
  }

  /** Whether an equal target was added or removed in total. */
  boolean touches(Target target) {
    return balances.containsKey(target.hash());
  }

  /** Returns the number of targets that were added or removed in total. */
  int size() {
    return balances.size();
  }

  /** Returns the number of pairs of an addition and a removal that cancelled each other out. */
  long cancelled() {
    return cancelled;
  }

  /**
   * Returns the resulting change. A removed target and an added one with the same position in a
   * source are one changed target.
   */
  TargetChange toChange(String job) {
    List<Target> added = new ArrayList<>();
    Map<DiscoveredPlace, ArrayDeque<Target>> removed = new HashMap<>();
    for (NetCount balance : balances.values()) {
      if (balance.count > 0) {
        added.add(balance.target);
      } else {
        removed
            .computeIfAbsent(DiscoveredPlace.of(balance.target), place -> new ArrayDeque<>(2))
            .add(balance.target);
      }
    }
    List<TargetChange.Changed> changed = new ArrayList<>();
    List<Target> reallyAdded = new ArrayList<>();
    for (Target after : added) {
      ArrayDeque<Target> candidates =
          removed.isEmpty() ? null : removed.get(DiscoveredPlace.of(after));
      Target before = candidates == null ? null : candidates.poll();
      if (before == null) {
        reallyAdded.add(after);
      } else {
        changed.add(new TargetChange.Changed(before, after));
      }
    }
    List<Target> reallyRemoved = new ArrayList<>();
    for (NetCount balance : balances.values()) {
      ArrayDeque<Target> left =
          balance.count > 0 ? null : removed.get(DiscoveredPlace.of(balance.target));
      if (left != null && !left.isEmpty()) {
        reallyRemoved.add(left.remove());
      }
    }
    return new TargetChange(job, reallyAdded, changed, reallyRemoved);
  }

  /** How many more times an equal target was added than removed; never 0. */
  private static final class NetCount {
    private Target target;
    private int count;

    NetCount(Target target, int count) {
      this.target = target;
      this.count = count;
    }
  }

  private record DiscoveredPlace(String provider, String source, String address) {
    static DiscoveredPlace of(Target target) {
      return new DiscoveredPlace(target.provider(), target.source(), target.discoveredAddress());
    }
  }
}
