package io.promdisco.cli.output;

import io.promdisco.model.Labels;
import io.promdisco.scrape.DiscoveredTarget;
import io.promdisco.scrape.Target;
import java.util.Comparator;

/**
 * A target as it is printed.
 *
 * @param job its job
 * @param active whether it is scraped
 * @param url what is scraped; empty if dropped
 * @param labels the final labels; empty if dropped
 * @param discovered the labels before relabelling
 * @param interval as {@code 30s}; empty if dropped
 * @param timeout as {@code 10s}; empty if dropped
 */
public record TargetRow(
    String job,
    boolean active,
    String url,
    Labels labels,
    Labels discovered,
    String interval,
    String timeout) {
  /** By job, active ones first, then by labels. */
  public static final Comparator<TargetRow> ORDER =
      Comparator.comparing(TargetRow::job)
          .thenComparing(TargetRow::active, Comparator.reverseOrder())
          .thenComparing(TargetRow::labels)
          .thenComparing(TargetRow::discovered);

  /** A target that is scraped. */
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

  /** A target that was dropped. */
  public static TargetRow of(DiscoveredTarget target) {
    return new TargetRow(target.job(), false, "", Labels.EMPTY, target.discoveredLabels(), "", "");
  }

  String state() {
    return active ? "active" : "dropped";
  }

  /** What a person knows the target by. */
  String name() {
    return active ? url : discovered.getOrEmpty("__address__");
  }
}
