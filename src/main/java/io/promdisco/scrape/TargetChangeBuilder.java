package io.promdisco.scrape;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects the targets that are added and removed while groups are replaced, and makes one change
 * of them.
 */
final class TargetChangeBuilder {
  private final List<Target> added = new ArrayList<>();
  private final List<Target> removed = new ArrayList<>();
  private final List<List<Target>> touched = new ArrayList<>();

  /** Records a target that did not exist before. */
  void added(Target target) {
    added.add(target);
  }

  /** Records a target that no longer exists. */
  void removed(Target target) {
    removed.add(target);
  }

  /** Records the targets of a replaced group, or of the group that replaces it. */
  void touched(List<Target> targets) {
    if (!targets.isEmpty()) {
      touched.add(targets);
    }
  }

  /** Returns the targets of changed groups. Some of them may be unchanged. */
  List<List<Target>> touched() {
    return touched;
  }

  /** Returns the added targets, in order. */
  List<Target> additions() {
    return added;
  }

  /** Returns the total change. */
  TargetChange toChange(String job) {
    if (added.isEmpty() || removed.isEmpty()) {
      return new TargetChange(job, added, List.of(), removed);
    }
    NetChange net = new NetChange();
    removed.forEach(net::removed);
    added.forEach(net::added);
    return net.toChange(job);
  }
}
