package io.promdisco.cli;

import io.promdisco.config.Configuration;
import io.promdisco.config.ScrapeConfig;
import java.util.List;

/** The jobs that a user names with {@code --job}. */
final class JobChoice {
  private JobChoice() {}

  /**
   * Those jobs of the configuration, in its order; all of them if none is named.
   *
   * @throws CommandException if there is no such job
   */
  static List<ScrapeConfig> of(Configuration configuration, List<String> names) {
    List<String> known = configuration.jobs().stream().map(ScrapeConfig::jobName).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new CommandException(
            ExitCode.USAGE,
            "promdisco: --job: no job \""
                + name
                + "\" in the configuration (expected: one of "
                + known
                + ")");
      }
    }
    return configuration.jobs().stream()
        .filter(job -> names.isEmpty() || names.contains(job.jobName()))
        .toList();
  }
}
