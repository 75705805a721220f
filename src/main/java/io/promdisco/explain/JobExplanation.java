package io.promdisco.explain;

import io.promdisco.relabel.RelabelTrace.Step;
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
 * @param ruleFields the field of a monitor that each rule of a generated job comes from; empty for
 *     a rule that every such job has; no entries for other jobs
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

  /** How many of its targets match. */
  public int matched() {
    return active + dropped + failed;
  }
}
