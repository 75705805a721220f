package io.promdisco.explain;

import java.util.List;

/**
 * What one job has to do with what was asked for.
 *
 * @param job its name
 * @param active how many of its targets match and are scraped
 * @param dropped how many match and are dropped
 * @param failed how many match, are kept by the rules and cannot be scraped
 * @param targets the first of them, active ones first
 * @param absences if there are none, why: one for each source at least; if a workload was asked
 *     for, why some of its pods give none
 */
public record JobExplanation(
    String job,
    int active,
    int dropped,
    int failed,
    List<TracedTarget> targets,
    List<Absence> absences) {
  /** Copies the lists. */
  public JobExplanation {
    targets = List.copyOf(targets);
    absences = List.copyOf(absences);
  }

  /** How many of its targets match. */
  public int matched() {
    return active + dropped + failed;
  }
}
