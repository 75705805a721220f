package io.promdisco.scrape;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects which targets came and went while groups were replaced, and makes one change of it. */
final class Delta {
  private final List<Target> came = new ArrayList<>();
  private final List<Target> gone = new ArrayList<>();

  /** There was no equal target before. */
  void came(Target target) {
    came.add(target);
  }

  /** There is no equal target any more. */
  void gone(Target target) {
    gone.add(target);
  }

  /** What is different in the end. */
  TargetChange toChange(String job) {
    if (came.isEmpty() || gone.isEmpty()) {
      return new TargetChange(job, came, List.of(), gone);
    }
    Map<Long, Net> nets = new LinkedHashMap<>();
    for (Target target : gone) {
      nets.computeIfAbsent(target.hash(), hash -> new Net(target)).count--;
    }
    for (Target target : came) {
      Net net = nets.computeIfAbsent(target.hash(), hash -> new Net(target));
      net.count++;
      net.newest = target;
    }
    List<Target> added = new ArrayList<>();
    List<Target> removed = new ArrayList<>();
    for (Net net : nets.values()) {
      if (net.count > 0) {
        added.add(net.newest);
      } else if (net.count < 0) {
        removed.add(net.newest);
      }
    }
    return paired(job, added, removed);
  }

  /** Makes pairs of those that were discovered at one place. */
  private static TargetChange paired(String job, List<Target> added, List<Target> removed) {
    Map<Place, ArrayDeque<Target>> left = new HashMap<>();
    for (Target target : removed) {
      left.computeIfAbsent(Place.of(target), place -> new ArrayDeque<>(2)).add(target);
    }
    List<TargetChange.Changed> changed = new ArrayList<>();
    List<Target> reallyAdded = new ArrayList<>();
    for (Target after : added) {
      ArrayDeque<Target> candidates = left.get(Place.of(after));
      Target before = candidates == null ? null : candidates.poll();
      if (before == null) {
        reallyAdded.add(after);
      } else {
        changed.add(new TargetChange.Changed(before, after));
      }
    }
    List<Target> reallyRemoved = new ArrayList<>();
    for (Target target : removed) {
      ArrayDeque<Target> candidates = left.get(Place.of(target));
      if (candidates != null && !candidates.isEmpty()) {
        reallyRemoved.add(candidates.remove());
      }
    }
    return new TargetChange(job, reallyAdded, changed, reallyRemoved);
  }

  /** How often an equal target came more than it went: it may move from group to group. */
  private static final class Net {
    private int count;
    private Target newest;

    Net(Target first) {
      newest = first;
    }
  }

  private record Place(String provider, String source, String address) {
    static Place of(Target target) {
      return new Place(target.provider(), target.source(), target.discoveredAddress());
    }
  }
}
