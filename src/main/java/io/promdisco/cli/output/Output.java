package io.promdisco.cli.output;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How targets are printed. */
public enum Output {
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

  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads {@code http-sd}. */
  public static final class Converter implements ITypeConverter<Output> {
    @Override
    public Output convert(String text) {
      for (Output output : values()) {
        if (output.text().equals(text)) {
          return output;
        }
      }
      throw new TypeConversionException(
          "'" + text + "' (expected: table, wide, json, yaml, http-sd or prometheus)");
    }
  }
}
