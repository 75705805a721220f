package io.promdisco.config.section;

import io.promdisco.Internal;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.yaml.Section;
import java.util.List;

/**
 * A job with the places that it was read from.
 *
 * @param section the job's
 * @param rules the section of each of its rules
 * @param config what was read
 * @param leftOut whether it has a source of targets that promdisco has not
 * @hidden
 */
@Internal
public record LocatedJob(
    Section section, List<Section> rules, ScrapeConfig config, boolean leftOut) {
  /** Copies the list. */
  public LocatedJob {
    rules = List.copyOf(rules);
  }
}
