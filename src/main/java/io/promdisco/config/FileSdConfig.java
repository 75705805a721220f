package io.promdisco.config;

import java.time.Duration;
import java.util.List;

/**
 * One entry of {@code file_sd_configs}.
 *
 * @param files paths, the last part of which may hold one {@code *}; resolved against the
 *     configuration's folder
 * @param refreshInterval how often to read them again whether they changed or not; default 5 min
 */
public record FileSdConfig(List<String> files, Duration refreshInterval) implements SdConfig {
  /** Copies the list. */
  public FileSdConfig {
    files = List.copyOf(files);
  }

  @Override
  public String mechanism() {
    return "file";
  }

  @Override
  public void check(FieldProblems problems) {
    SdChecks.checkFiles(files, problems);
    ScrapeChecks.positive("refresh_interval", refreshInterval, problems);
  }
}
