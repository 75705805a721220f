package io.promdisco.extension;

import io.promdisco.config.SdConfig;

/** One entry of {@code memory_sd_configs}: a fixed target. */
public record MemorySdConfig(String name, String target) implements SdConfig {
  @Override
  public String mechanism() {
    return "memory";
  }
}
