package io.promdisco.explain;

import io.promdisco.relabel.RelabelTrace;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetOutcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A discovered target and its way through the rules.
 *
 * @param provider who discovered it; empty: not known
 * @param source its group within the provider; empty: not known
 * @param trace what each rule did
 * @param outcome what became of it
 * @param collectors who scrapes it; null: no target allocator was asked
 */
public record TracedTarget(
    String provider,
    String source,
    RelabelTrace trace,
    TargetOutcome outcome,
    @Nullable TargetCollectors collectors) {
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

  TracedTarget with(@Nullable TargetCollectors assigned) {
    return new TracedTarget(provider, source, trace, outcome, assigned);
  }
}
