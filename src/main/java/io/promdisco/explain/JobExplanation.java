package io.promdisco.explain;

import java.util.List;

/**
 * The result of a query for one job.
 *
 * @param job its name
 * @param active the number of matching targets that are scraped
 * @param dropped the number of matching targets that are dropped
 * @param failed the number of matching targets that the rules keep and that cannot be scraped
 * @param targets the first of the matching targets, active ones first
 * @param absences if there are none, the reasons, at least one for each source; for a workload, why
 *     some of its pods have no targets
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

  /** The number of matching targets. */
  public int matched() {
    return active + dropped + failed;
  }
}
