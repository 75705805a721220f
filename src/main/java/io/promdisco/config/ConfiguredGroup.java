package io.promdisco.config;

import io.promdisco.model.Position;
import io.promdisco.model.TargetGroup;
import java.util.List;

/**
 * Targets that are written in the configuration, or in a file that {@code file_sd_configs} names.
 *
 * @param job the job that they belong to
 * @param group the targets
 * @param path the key of the group, for example {@code scrape_configs[0].static_configs[1]}; in a
 *     target file, {@code [1]}
 * @param positions the place of each target
 */
public record ConfiguredGroup(
    ScrapeConfig job, TargetGroup group, String path, List<Position> positions) {
  /** Copies the list. */
  public ConfiguredGroup {
    positions = List.copyOf(positions);
  }
}
