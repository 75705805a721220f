package io.promdisco.explain;

import io.promdisco.relabel.RelabelTrace.Step;
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
    List<Absence> absences,
    List<String> ruleFields) {
  /** Copies the lists. */
  public JobExplanation {
    targets = List.copyOf(targets);
    absences = List.copyOf(absences);
    ruleFields = List.copyOf(ruleFields);
  }

  /** The field of a monitor that a rule comes from; empty: none is known. */
  public String field(Step step) {
    return step.index() < ruleFields.size() ? ruleFields.get(step.index()) : "";
  }

  /** The place of a rule for people: file and line, or its number and the field of the monitor. */
  public String place(Step step) {
    return RuleEffectText.place(step.rule(), step.index(), field(step));
  }

  /** The number of matching targets. */
  public int matched() {
    return active + dropped + failed;
  }
}
