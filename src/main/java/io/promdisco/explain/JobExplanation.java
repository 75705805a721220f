package io.promdisco.explain;

import io.promdisco.relabel.RelabelTrace.Step;
import io.promdisco.scrape.Target;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

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

  /** Whether a target matches and is scraped: by somebody, where there is a target allocator. */
  public boolean scraped() {
    return active > targets.stream().filter(TracedTarget::isUnassigned).count();
  }

  JobExplanation with(AssignedCollectors.Lookup lookup) {
    Set<String> addresses = new TreeSet<>();
    targets.stream()
        .filter(each -> each.kept().isPresent())
        .forEach(each -> addresses.add(each.address()));
    if (addresses.isEmpty()) {
      return this;
    }
    Map<String, AssignedCollectors> collectors = lookup.of(job, addresses);
    return new JobExplanation(
        job,
        active,
        dropped,
        failed,
        targets.stream()
            .map(each -> each.with(each.kept().map(Target::id).map(collectors::get).orElse(null)))
            .toList(),
        absences,
        ruleFields);
  }

  /** The number of matching targets. */
  public int matched() {
    return active + dropped + failed;
  }
}
