package io.promdisco.config;

import io.promdisco.model.TargetGroup;
import java.util.List;

/**
 * All of a job's {@code static_configs}.
 *
 * @param groups in the order of the file; a group's source is its index
 */
public record StaticSdConfig(List<TargetGroup> groups) implements SdConfig {
  /** Copies the list. */
  public StaticSdConfig {
    groups = List.copyOf(groups);
  }

  @Override
  public String mechanism() {
    return "static";
  }
}
