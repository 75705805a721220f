package io.promdisco.model;

import java.util.List;

/**
 * Targets that come and go together: for example the ports of one pod.
 *
 * @param source names the group within its provider, for example {@code pod/shop/web-0}
 * @param targets the labels of each target, {@code __address__} among them; none means that the
 *     group is gone
 * @param labels common to all targets; a target's own label of the same name wins, even an empty
 *     one
 */
public record TargetGroup(String source, List<Labels> targets, Labels labels) {
  /** Copies the list. */
  public TargetGroup {
    targets = List.copyOf(targets);
  }

  /** The group that deletes {@code source}. */
  public static TargetGroup empty(String source) {
    return new TargetGroup(source, List.of(), Labels.EMPTY);
  }

  /** Whether this group deletes. */
  public boolean isEmpty() {
    return targets.isEmpty();
  }
}
