package io.promdisco.cli.output;

import java.util.Locale;

/** How targets are printed. */
public enum OutputFormat {
  /** Columns, labels cut to the terminal's width. */
  TABLE,
  /** Columns, everything. */
  WIDE,
  /** An array of targets. */
  JSON,
  /** A list of targets. */
  YAML,
  /** As {@code http_sd_configs} and {@code file_sd_configs} read it. */
  HTTP_SD,
  /** The document of Prometheus's {@code GET /api/v1/targets}. */
  PROMETHEUS;

  /** As the user writes it: {@code http-sd}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
