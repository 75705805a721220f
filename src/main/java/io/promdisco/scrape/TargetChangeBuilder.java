package io.promdisco.scrape;

import java.util.ArrayList;
import java.util.List;

/** Collects which targets came and went while groups were replaced, and makes one change of it. */
final class TargetChangeBuilder {
  private final List<Target> added = new ArrayList<>();
  private final List<Target> removed = new ArrayList<>();
  private final List<List<Target>> touched = new ArrayList<>();

  /** There was no equal target before. */
  void added(Target target) {
    added.add(target);
  }

  /** There is no equal target any more. */
  void removed(Target target) {
    removed.add(target);
  }

  /** The targets of a group that was replaced, or that replaced one. */
  void touched(List<Target> targets) {
    if (!targets.isEmpty()) {
      touched.add(targets);
    }
  }

  /** The targets that are not what they were, with others that may be equal to those before. */
  List<List<Target>> touched() {
    return touched;
  }

  /** The targets that came, in order. */
  List<Target> additions() {
    return added;
  }

  /** What is different in the end. */
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
