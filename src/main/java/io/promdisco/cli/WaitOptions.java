package io.promdisco.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a command waits. */
final class WaitOptions {
  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = SourceOptions.DurationConverter.class,
      description = "How long to wait for all sources. Default: 30s.")
  Duration timeout = Duration.ofSeconds(30);
}
