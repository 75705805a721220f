package io.promdisco.scrape;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sum of changes of one job's targets: an addition and a removal of equal targets cancel each
 * other out, so it never holds more than one entry for each distinct target. For one thread at a
 * time.
 */
final class NetChange {
  private final Map<Long, Net> nets = new LinkedHashMap<>();
  private long cancelled;

  /** Adds a whole change. */
  void add(TargetChange change) {
    // Removals come first, so that the order of the additions is that of their arrival.
    change.removed().forEach(this::gone);
    change.changed().forEach(changed -> gone(changed.before()));
    change.changed().forEach(changed -> came(changed.after()));
    change.added().forEach(this::came);
  }

  /** A target was added. */
  void came(Target target) {
    count(target, 1);
  }

  /** A target was removed. */
  void gone(Target target) {
    count(target, -1);
  }

  private void count(Target target, int by) {
    Net net = nets.get(target.hash());
    if (net == null) {
      nets.put(target.hash(), new Net(target, by));
    } else if (net.count + by == 0) {
      nets.remove(target.hash());
      cancelled++;
    } else {
      net.count += by;
      net.target = by > 0 ? target : net.target;
    }
  }

  /** Whether an equal target was added or removed in the end. */
  boolean touches(Target target) {
    return nets.containsKey(target.hash());
  }

  /** Number of targets that were added or removed in the end. */
  int size() {
    return nets.size();
  }

  /** Number of additions and removals that cancelled each other out, in pairs. */
  long cancelled() {
    return cancelled;
  }

  /**
   * What is different in the end. A removed and an added target that were discovered at the same
   * place are a changed one.
   */
  TargetChange toChange(String job) {
    List<Target> added = new ArrayList<>();
    Map<Place, ArrayDeque<Target>> removed = new HashMap<>();
    for (Net net : nets.values()) {
      if (net.count > 0) {
        added.add(net.target);
      } else {
        removed.computeIfAbsent(Place.of(net.target), place -> new ArrayDeque<>(2)).add(net.target);
      }
    }
    List<TargetChange.Changed> changed = new ArrayList<>();
    List<Target> reallyAdded = new ArrayList<>();
    for (Target after : added) {
      ArrayDeque<Target> candidates = removed.isEmpty() ? null : removed.get(Place.of(after));
      Target before = candidates == null ? null : candidates.poll();
      if (before == null) {
        reallyAdded.add(after);
      } else {
        changed.add(new TargetChange.Changed(before, after));
      }
    }
    List<Target> reallyRemoved = new ArrayList<>();
    for (Net net : nets.values()) {
      ArrayDeque<Target> left = net.count > 0 ? null : removed.get(Place.of(net.target));
      if (left != null && !left.isEmpty()) {
        reallyRemoved.add(left.remove());
      }
    }
    return new TargetChange(job, reallyAdded, changed, reallyRemoved);
  }

  /** How often an equal target was added more often than it was removed; never 0. */
  private static final class Net {
    private Target target;
    private int count;

    Net(Target target, int count) {
      this.target = target;
      this.count = count;
    }
  }

  private record Place(String provider, String source, String address) {
    static Place of(Target target) {
      return new Place(target.provider(), target.source(), target.discoveredAddress());
    }
  }
}
