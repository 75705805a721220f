package io.promdisco.explain;

import io.promdisco.relabel.RelabelTrace;
import io.promdisco.scrape.TargetOutcome;

/**
 * A discovered target and its way through the rules.
 *
 * @param provider who discovered it; empty: not known
 * @param source its group within the provider; empty: not known
 * @param trace what each rule did
 * @param outcome what became of it
 */
public record TracedTarget(
    String provider, String source, RelabelTrace trace, TargetOutcome outcome) {
  /** What people know it by. */
  public String address() {
    return trace.discovered().getOrEmpty("__address__");
  }
}
