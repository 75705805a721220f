package io.promdisco.config;

import java.util.List;
import java.util.Map;

/**
 * A configuration file that was read and found good.
 *
 * @param jobs the scrape configs, in the order of the file, then those of {@code
 *     scrape_config_files}
 * @param effective the whole file with its defaults as Prometheus's {@code /api/v1/status/config}
 *     shows it, secrets hidden: maps, lists, strings, numbers, booleans and null
 * @param warnings what is legal but surely not meant
 */
public record Configuration(
    List<ScrapeConfig> jobs, Map<String, Object> effective, List<Problem> warnings) {
  /** Copies the lists. */
  public Configuration {
    jobs = List.copyOf(jobs);
    warnings = List.copyOf(warnings);
  }
}
