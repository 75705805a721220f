package io.promdisco.cli.source;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a command waits. */
public final class WaitOptions {
  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = SourceOptions.DurationConverter.class,
      description = "How long to wait for all sources. Default: 30s.")
  public Duration timeout = Duration.ofSeconds(30);
}
