package io.promdisco.providers.kubernetes.client.kubeconfig;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a kubeconfig is and which context of it to use.
 *
 * @param files that are merged, the first one's entries before those of the next. Missing ones are
 *     left out if {@code ifMissing} says what to do when all are missing
 * @param context its name; empty: the current one
 * @param ifMissing the error for people when no file exists; empty: every file must exist
 */
public record KubeconfigSource(List<Path> files, String context, String ifMissing) {
  /** Copies the list. */
  public KubeconfigSource {
    files = List.copyOf(files);
  }

  /** One file, which must exist. */
  public static KubeconfigSource of(Path file, String context) {
    return new KubeconfigSource(List.of(file), context, "");
  }
}
