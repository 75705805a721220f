package io.promdisco.config;

import java.time.Duration;
import java.util.List;

/**
 * One entry of {@code file_sd_configs}.
 *
 * @param files paths, relative to the folder of the configuration; the last part of a path may
 *     contain one {@code *}
 * @param refreshInterval the time after which unchanged files are read again; default 5 min
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
