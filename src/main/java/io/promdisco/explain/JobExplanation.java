package io.promdisco.explain;

import io.promdisco.scrape.Target;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one job has to do with what was asked for.
 *
 * @param job its name
 * @param active how many of its targets match and are active
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

  /** Whether a target matches and is scraped: by somebody, where there is a target allocator. */
  public boolean scraped() {
    return active > targets.stream().filter(TracedTarget::isUnassigned).count();
  }

  JobExplanation with(TargetCollectors.Lookup lookup) {
    Set<String> addresses = new TreeSet<>();
    targets.stream()
        .filter(each -> each.kept().isPresent())
        .forEach(each -> addresses.add(each.address()));
    if (addresses.isEmpty()) {
      return this;
    }
    Map<String, TargetCollectors> collectors = lookup.of(job, addresses);
    return new JobExplanation(
        job,
        active,
        dropped,
        failed,
        targets.stream()
            .map(each -> each.with(each.kept().map(Target::id).map(collectors::get).orElse(null)))
            .toList(),
        absences);
  }

  /** How many of its targets match. */
  public int matched() {
    return active + dropped + failed;
  }
}
