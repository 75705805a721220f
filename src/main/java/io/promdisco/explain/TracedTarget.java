package io.promdisco.explain;

import io.promdisco.relabel.RelabelTrace;
import io.promdisco.scrape.TargetOutcome;

/**
 * A discovered target and the effect of each rule on it.
 *
 * @param provider the provider that discovered it; empty if unknown
 * @param source the source of its group within the provider; empty if unknown
 * @param trace what each rule did
 * @param outcome the outcome of relabelling
 */
public record TracedTarget(
    String provider, String source, RelabelTrace trace, TargetOutcome outcome) {
  /** The address or URL that identifies it for people. */
  public String address() {
    return trace.discovered().getOrEmpty("__address__");
  }
}
