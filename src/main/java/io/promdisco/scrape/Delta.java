package io.promdisco.scrape;

import java.util.ArrayList;
import java.util.List;

/** Collects which targets came and went while groups were replaced, and makes one change of it. */
final class Delta {
  private final List<Target> came = new ArrayList<>();
  private final List<Target> gone = new ArrayList<>();
  private final List<List<Target>> touched = new ArrayList<>();

  /** There was no equal target before. */
  void came(Target target) {
    came.add(target);
  }

  /** There is no equal target any more. */
  void gone(Target target) {
    gone.add(target);
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
    return came;
  }

  /** What is different in the end. */
  TargetChange toChange(String job) {
    if (came.isEmpty() || gone.isEmpty()) {
      return new TargetChange(job, came, List.of(), gone);
    }
    NetChange net = new NetChange();
    gone.forEach(net::gone);
    came.forEach(net::came);
    return net.toChange(job);
  }
}
