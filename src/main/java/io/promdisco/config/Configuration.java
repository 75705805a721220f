package io.promdisco.config;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A configuration without errors, read from a file or built in code.
 *
 * @param jobs the scrape configs, in the order of the file, then those of {@code
 *     scrape_config_files}
 * @param effective the whole file with its defaults, as Prometheus's {@code /api/v1/status/config}
 *     shows it, with secrets hidden: maps, lists, strings, numbers, booleans and null; empty if it
 *     was built in code
 * @param warnings settings that are valid but probably a mistake
 */
public record Configuration(
    List<ScrapeConfig> jobs, Map<String, Object> effective, List<Problem> warnings) {
  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if a job is null or two have the same name
   */
  public Configuration {
    List<ScrapeConfig> given = jobs;
    BuilderChecks.check("configuration", problems -> check(given, problems));
    jobs = List.copyOf(jobs);
    warnings = List.copyOf(warnings);
  }

  /**
   * A configuration of these jobs.
   *
   * @throws IllegalArgumentException if a job is null or two have the same name
   */
  public static Configuration of(List<ScrapeConfig> jobs) {
    return new Configuration(jobs, Map.of(), List.of());
  }

  /** Same as {@link #of(List)}. */
  public static Configuration of(ScrapeConfig... jobs) {
    return of(List.of(jobs));
  }

  private static void check(List<ScrapeConfig> jobs, FieldProblems problems) {
    Set<String> names = new HashSet<>();
    for (ScrapeConfig job : BuilderChecks.withoutNulls("scrape_configs", jobs, problems)) {
      if (!names.add(job.jobName())) {
        problems.note(
            "job \"" + job.jobName() + "\": job_name",
            ScrapeChecks.duplicateJob(job.jobName(), ""));
      }
    }
  }
}
