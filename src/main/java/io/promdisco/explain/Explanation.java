package io.promdisco.explain;

import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetOutcome;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The answer to a query: why something is scraped or not.
 *
 * @param query the query
 * @param jobs the result for each job, in the order of the configuration
 * @param choices the objects whose targets match, for example {@code pod/shop/web-0}, if there are
 *     several; at most eleven
 * @param near names that could have been meant; only if nothing was found
 */
public record Explanation(
    ExplainQuery query, List<JobExplanation> jobs, List<String> choices, List<String> near) {
  /** Copies the lists. */
  public Explanation {
    jobs = List.copyOf(jobs);
    choices = List.copyOf(choices);
    near = List.copyOf(near);
  }

  /** The same with the collectors of its targets. */
  public Explanation with(AssignedCollectors.Lookup lookup) {
    return new Explanation(
        query, jobs.stream().map(job -> job.with(lookup)).toList(), choices, near);
  }

  /** Whether a job scrapes it. */
  public boolean scraped() {
    return jobs.stream().anyMatch(JobExplanation::scraped);
  }

  /** Whether any target matches. */
  public boolean matched() {
    return jobs.stream().anyMatch(job -> job.matched() > 0);
  }

  /**
   * Whether an object exists that should have been discovered, so that a later attempt may find a
   * target.
   */
  public boolean unclear() {
    return jobs.stream()
        .flatMap(job -> job.absences().stream())
        .anyMatch(absence -> absence.why() == Absence.Reason.UNCLEAR);
  }

  /** How the queried address belongs to the objects that have it; empty if there are none. */
  public String meaning() {
    return query instanceof ExplainQuery.FoundQuery found
        ? query.text() + " is " + String.join(", and ", found.objects().values())
        : "";
  }

  /** Whether nothing with that name exists, discovered or not. */
  boolean unknown() {
    return jobs.stream()
        .allMatch(
            job ->
                job.matched() == 0
                    && job.absences().stream()
                        .allMatch(
                            absence ->
                                absence.why() == Absence.Reason.NOT_THERE
                                    || absence.why() == Absence.Reason.OTHER_SOURCE));
  }

  /** Returns the answer in one sentence. */
  public String summary() {
    if (scraped()) {
      return query.text() + " is scraped by " + scrapers();
    }
    if (unknown() && query instanceof ExplainQuery.FoundQuery) {
      return query.text() + " is not scraped: no job discovers the owner of this address";
    }
    if (unknown()) {
      return query.text()
          + " is not scraped: no job discovers it and no object has this name or address"
          + (near.isEmpty() ? "" : "; the nearest names: " + String.join(", ", near));
    }
    List<String> reasons =
        jobs.stream().map(Explanation::reason).filter(r -> !r.isEmpty()).toList();
    return (isReadable()
            ? query.text() + " is not scraped: "
            : "unknown whether " + query.text() + " is scraped: ")
        + String.join("; ", reasons);
  }

  /** Whether every source could be read. */
  private boolean isReadable() {
    return jobs.stream()
        .flatMap(job -> job.absences().stream())
        .noneMatch(absence -> absence.why() == Absence.Reason.UNREADABLE);
  }

  private String scrapers() {
    return jobs.stream()
        .filter(JobExplanation::scraped)
        .map(job -> "job " + job.job() + " at " + urls(job))
        .collect(Collectors.joining(" and by "));
  }

  private static String urls(JobExplanation job) {
    String first =
        job.targets().stream()
            .filter(target -> target.kept().isPresent() && !target.isUnassigned())
            .map(Explanation::url)
            .findFirst()
            .orElse("?");
    int more = job.active() - 1;
    return more == 0 ? first : first + " and " + more + " more";
  }

  private static String url(TracedTarget target) {
    String url = target.kept().map(Target::scrapeUrl).orElse("?");
    AssignedCollectors assigned = target.collectors();
    return assigned == null ? url : url + " on " + String.join(", ", assigned.names());
  }

  /** Why one job does not scrape it; empty if that tells nothing. */
  private static String reason(JobExplanation job) {
    if (job.matched() > 0) {
      TracedTarget first = job.targets().get(0);
      return "job " + job.job() + " " + outcome(job, first);
    }
    return job.absences().stream()
        .filter(absence -> absence.why() != Absence.Reason.OTHER_SOURCE)
        .filter(absence -> absence.why() != Absence.Reason.NOT_THERE)
        .map(
            absence ->
                "job "
                    + job.job()
                    + (absence.why() == Absence.Reason.UNREADABLE
                        ? " cannot look for it: "
                        : " does not discover it: ")
                    + absence.reason())
        .findFirst()
        .orElse("");
  }

  private static String outcome(JobExplanation job, TracedTarget target) {
    AssignedCollectors assigned = target.collectors();
    if (assigned != null) {
      return "keeps it, but no collector scrapes it: " + assigned.reason();
    }
    if (target.outcome() instanceof TargetOutcome.Failed failed) {
      return "keeps it, but it cannot be scraped: " + failed.message();
    }
    return target
        .trace()
        .dropped()
        .map(
            step ->
                "drops it at "
                    + job.place(step)
                    + " ("
                    + step.rule()
                    + "): "
                    + RuleEffectText.verdict(step))
        .orElse("drops it");
  }
}
