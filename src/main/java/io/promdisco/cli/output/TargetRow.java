package io.promdisco.cli.output;

import io.promdisco.model.Labels;
import io.promdisco.scrape.DiscoveredTarget;
import io.promdisco.scrape.Target;
import java.util.Comparator;

/**
 * A target for printing.
 *
 * @param job its job
 * @param active whether it is scraped
 * @param url the scrape URL; empty if dropped
 * @param labels the final labels; empty if dropped
 * @param discovered the labels before relabelling
 * @param interval for example {@code 30s}; empty if dropped
 * @param timeout for example {@code 10s}; empty if dropped
 */
public record TargetRow(
    String job,
    boolean active,
    String url,
    Labels labels,
    Labels discovered,
    String interval,
    String timeout) {
  /** Sorts by job, active targets first, then by labels. */
  public static final Comparator<TargetRow> ORDER =
      Comparator.comparing(TargetRow::job)
          .thenComparing(TargetRow::active, Comparator.reverseOrder())
          .thenComparing(TargetRow::labels)
          .thenComparing(TargetRow::discovered);

  /** Returns the row of an active target. */
  public static TargetRow of(Target target) {
    return new TargetRow(
        target.job(),
        true,
        target.scrapeUrl(),
        target.labels(),
        target.discoveredLabels(),
        target.scrapeInterval(),
        target.scrapeTimeout());
  }

  /** Returns the row of a dropped target. */
  public static TargetRow of(DiscoveredTarget target) {
    return new TargetRow(target.job(), false, "", Labels.EMPTY, target.discoveredLabels(), "", "");
  }

  String state() {
    return active ? "active" : "dropped";
  }

  /** Returns the URL or address that identifies the target for people. */
  String name() {
    return active ? url : discovered.getOrEmpty("__address__");
  }
}
