package io.promdisco.scrape;

import java.util.List;

/**
 * What became different in a job's active targets.
 *
 * @param job the job's name
 * @param added targets that there was no equal of
 * @param changed targets whose place stays: the same address discovered in the same group, with
 *     other labels or another URL after relabelling
 * @param removed targets that there is no equal of any more
 */
public record TargetChange(
    String job, List<Target> added, List<Changed> changed, List<Target> removed) {
  /** Copies the lists. */
  public TargetChange {
    added = List.copyOf(added);
    changed = List.copyOf(changed);
    removed = List.copyOf(removed);
  }

  /** Whether nothing became different. */
  public boolean isEmpty() {
    return added.isEmpty() && changed.isEmpty() && removed.isEmpty();
  }

  /**
   * A target that took another's place.
   *
   * @param before as it was
   * @param after as it is now
   */
  public record Changed(Target before, Target after) {}
}
