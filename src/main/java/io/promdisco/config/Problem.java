package io.promdisco.config;

import io.promdisco.model.Position;

/**
 * Something wrong in a configuration.
 *
 * @param severity whether the file can be used all the same
 * @param position where
 * @param path the key, as {@code scrape_configs[2].kubernetes_sd_configs[0].role}; empty for the
 *     file as a whole
 * @param message what was found, what was expected, and what to do; no secret ever
 */
public record Problem(Severity severity, Position position, String path, String message) {
  /** How bad it is. */
  public enum Severity {
    /**
     * The file is refused; or, if there is a configuration all the same, something it names is
     * missing or wrong.
     */
    ERROR,
    /** The file is accepted. */
    WARNING
  }

  /** {@code file:line:column: path: message}. */
  @Override
  public String toString() {
    return position + ": " + (path.isEmpty() ? "" : path + ": ") + message;
  }
}
