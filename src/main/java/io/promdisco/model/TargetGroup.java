package io.promdisco.model;

import java.util.List;

/**
 * Targets that are added and removed together, for example the ports of one pod.
 *
 * @param source identifies the group within its provider, for example {@code pod/shop/web-0}
 * @param targets the labels of each target, including {@code __address__}; empty means that the
 *     group was removed
 * @param labels labels of all targets; a target's own label of the same name takes precedence, even
 *     an empty one
 */
public record TargetGroup(String source, List<Labels> targets, Labels labels) {
  /** Copies the list. */
  public TargetGroup {
    targets = List.copyOf(targets);
  }

  /** Returns the group that deletes {@code source}. */
  public static TargetGroup empty(String source) {
    return new TargetGroup(source, List.of(), Labels.EMPTY);
  }

  /** Whether this group deletes. */
  public boolean isEmpty() {
    return targets.isEmpty();
  }
}
