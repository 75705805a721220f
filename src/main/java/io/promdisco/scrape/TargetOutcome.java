package io.promdisco.scrape;

import io.promdisco.Internal;

/**
 * What becomes of one discovered target: it is kept, dropped or refused.
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
    /** Every dropped target is the same. */
    DROPPED
  }

  /**
   * The rules kept it, but it cannot be scraped: it is neither active nor dropped.
   *
   * @param message why, in Prometheus's words, without saying which target
   * @hidden
   */
  record Failed(String message) implements TargetOutcome {}
}
