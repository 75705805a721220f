package io.promdisco.scrape;

import java.util.List;

/**
 * A change of a job's active targets.
 *
 * @param job the job's name
 * @param added new targets, to which no earlier target is equal
 * @param changed targets with the same position: the same address discovered in the same group,
 *     with other labels or another URL after relabelling
 * @param removed removed targets, to which no remaining target is equal
 */
public record TargetChange(
    String job, List<Target> added, List<Changed> changed, List<Target> removed) {
  /** Copies the lists. */
  public TargetChange {
    added = List.copyOf(added);
    changed = List.copyOf(changed);
    removed = List.copyOf(removed);
  }

  /** Whether the change is empty. */
  public boolean isEmpty() {
    return added.isEmpty() && changed.isEmpty() && removed.isEmpty();
  }

  /**
   * A target that replaces another one.
   *
   * @param before the old target
   * @param after the new target
   */
  public record Changed(Target before, Target after) {}
}
