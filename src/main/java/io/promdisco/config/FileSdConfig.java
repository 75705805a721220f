package io.promdisco.config;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One entry of {@code file_sd_configs}.
 *
 * @param files paths, the last part of which may hold one {@code *}; resolved against the
 *     configuration's folder
 * @param refreshInterval how often to read them again whether they changed or not; default 5 min
 */
public record FileSdConfig(List<String> files, Duration refreshInterval) implements SdConfig {
  private static final Pattern FILE =
      Pattern.compile("[^*]*(\\*[^/]*)?\\.(json|yml|yaml|JSON|YML|YAML)");

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
    checkFiles(files, problems);
    ScrapeChecks.positive("refresh_interval", refreshInterval, problems);
  }

  static void checkFiles(List<String> files, FieldProblems problems) {
    if (files.isEmpty()) {
      problems.note(
          "files",
          "file service discovery config must contain at least one path name"
              + " (expected: files)");
    }
    for (int i = 0; i < files.size(); i++) {
      if (!FILE.matcher(files.get(i)).matches()) {
        problems.note(
            "files[" + i + "]",
            "path name \""
                + files.get(i)
                + "\" is not valid for file discovery (expected: an ending .json, .yml or .yaml,"
                + " and at most one * in the last part)");
      }
    }
  }
}
