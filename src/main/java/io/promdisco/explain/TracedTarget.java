package io.promdisco.explain;

import io.promdisco.relabel.RelabelTrace;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetOutcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A discovered target and the effect of each rule on it.
 *
 * @param provider the provider that discovered it; empty if unknown
 * @param source the source of its group within the provider; empty if unknown
 * @param trace what each rule did
 * @param outcome the outcome of relabelling
 */
public record TracedTarget(
    String provider,
    String source,
    RelabelTrace trace,
    TargetOutcome outcome,
    @Nullable AssignedCollectors collectors) {
  /** What people know it by. */
  public String address() {
    return trace.discovered().getOrEmpty("__address__");
  }

  /** The target; empty if it was dropped or cannot be scraped. */
  public Optional<Target> kept() {
    return outcome instanceof TargetOutcome.Kept kept
        ? Optional.of(kept.target())
        : Optional.empty();
  }

  /** Whether it is a target that no collector scrapes. */
  boolean isUnassigned() {
    return collectors != null && collectors.names().isEmpty();
  }

  TracedTarget with(@Nullable AssignedCollectors assigned) {
    return new TracedTarget(provider, source, trace, outcome, assigned);
  }
}
