package io.promdisco.cli.output;

import java.util.Locale;

/** The format of printed targets. */
public enum OutputFormat {
  /** A table with labels cut to the width of the terminal. */
  TABLE,
  /** A table with complete labels. */
  WIDE,
  /** An array of targets. */
  JSON,
  /** A list of targets. */
  YAML,
  /** The format of {@code http_sd_configs} and {@code file_sd_configs}. */
  HTTP_SD,
  /** The document of Prometheus's {@code GET /api/v1/targets}. */
  PROMETHEUS;

  /** Returns the name as users write it: {@code http-sd}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
