package io.promdisco.offline;

import java.util.List;

/** Thrown if manifests could not be read. The message has a line for every problem. */
public final class ManifestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  ManifestException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** The problems, each as {@code file:line: what (expected: …)}. */
  public List<String> problems() {
    return problems;
  }
}
