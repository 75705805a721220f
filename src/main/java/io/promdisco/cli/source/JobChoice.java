package io.promdisco.cli.source;

import io.promdisco.cli.output.CommandException;
import io.promdisco.config.Configuration;
import io.promdisco.config.ScrapeConfig;
import java.util.List;
import picocli.CommandLine.Option;

/** The jobs that a user names. */
public final class JobChoice {
  @Option(names = "--job", paramLabel = "JOB", description = "Only this job. Repeatable.")
  public List<String> names = List.of();

  /** Whether the job is one of them, or no job is named. */
  public boolean includes(String job) {
    return names.isEmpty() || names.contains(job);
  }

  /**
   * Returns the configuration with only these jobs, so that the sources of others are not started.
   *
   * @throws CommandException if there is no such job
   */
  public Configuration choose(Configuration configuration) {
    return new Configuration(
        of(configuration), configuration.effective(), configuration.warnings());
  }

  /**
   * Returns these jobs of the configuration, in its order; all of them if none is named.
   *
   * @throws CommandException if there is no such job
   */
  public List<ScrapeConfig> of(Configuration configuration) {
    List<String> known = configuration.jobs().stream().map(ScrapeConfig::jobName).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw CommandException.usage(
            "--job: no job \"" + name + "\" in the configuration (expected: one of " + known + ")");
      }
    }
    return configuration.jobs().stream().filter(job -> includes(job.jobName())).toList();
  }
}
