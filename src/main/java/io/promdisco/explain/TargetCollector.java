package io.promdisco.explain;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.Labels;
import io.promdisco.scrape.TargetOutcome;

/** Takes the targets that jobs discover. */
public interface TargetCollector {
  /**
   * Takes a target into account.
   *
   * @param job whose rules it goes through
   * @param provider who discovered it; may be empty
   * @param source its group; may be empty
   * @param outcome what becomes of it in that job
   */
  void addTarget(
      ScrapeConfig job, String provider, String source, Labels discovered, TargetOutcome outcome);
}
