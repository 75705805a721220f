package io.promdisco.ruletest;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What all files of tests have in common.
 *
 * @param monitorSettings the settings of monitors, for files that name none
 * @param manifests dumps of Kubernetes objects, beside those that the files name
 */
public record SharedInputs(Optional<Path> monitorSettings, List<Path> manifests) {
  /** Copies the list. */
  public SharedInputs {
    manifests = List.copyOf(manifests);
  }
}
