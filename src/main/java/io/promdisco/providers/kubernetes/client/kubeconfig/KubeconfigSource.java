package io.promdisco.providers.kubernetes.client.kubeconfig;

import java.nio.file.Path;
import java.util.List;

/**
 * The files of a kubeconfig and the context to use.
 *
 * @param files the files to merge; entries of earlier files take precedence. Missing files are left
 *     out if {@code ifMissing} is set
 * @param context its name; empty for the current one
 * @param ifMissing the error if no file exists, which says what to do; if empty, every file must
 *     exist
 */
public record KubeconfigSource(List<Path> files, String context, String ifMissing) {
  /** Copies the list. */
  public KubeconfigSource {
    files = List.copyOf(files);
  }

  /** Returns one file, which must exist. */
  public static KubeconfigSource of(Path file, String context) {
    return new KubeconfigSource(List.of(file), context, "");
  }
}
