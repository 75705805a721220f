package io.promdisco.scrape;

import io.promdisco.Internal;

/**
 * The outcome of relabelling one discovered target.
 *
 * @hidden
 */
@Internal
public sealed interface TargetOutcome {
  /**
   * The target is scraped.
   *
   * @hidden
   */
  record Kept(Target target) implements TargetOutcome {}

  /**
   * The job's rules dropped it.
   *
   * @hidden
   */
  enum Dropped implements TargetOutcome {
    /** The only instance. */
    DROPPED
  }

  /**
   * The rules kept it, but it cannot be scraped: it is neither active nor dropped.
   *
   * @param message the reason, as Prometheus words it, without the target
   * @hidden
   */
  record Failed(String message) implements TargetOutcome {}
}
