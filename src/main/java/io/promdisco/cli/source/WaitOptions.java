package io.promdisco.cli.source;

import io.promdisco.model.PrometheusDuration;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option for how long a command waits. */
public final class WaitOptions {
  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Maximum time to wait for all sources. Default: 30s.")
  public Duration timeout = Duration.ofSeconds(30);

  /** Reads durations as in the configuration: {@code 30s}, {@code 1m30s}. */
  public static final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return PrometheusDuration.parse(text);
      } catch (IllegalArgumentException e) {
        boolean noUnit = text.matches("[0-9]{1,6}");
        throw new TypeConversionException(
            "\""
                + text
                + "\" (expected: a duration, for example "
                + (noUnit ? text + "s" : "30s or 1m30s")
                + ")");
      }
    }
  }
}
