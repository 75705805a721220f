package io.promdisco.config.section;

import io.promdisco.Internal;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.yaml.Section;
import java.util.List;

/**
 * A job with the places in the file that it was read from.
 *
 * @param section the section of the job
 * @param rules the section of each of its rules
 * @param config the settings of the job
 * @param leftOut whether it uses service discovery that promdisco does not support
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
