package io.promdisco.monitors;

import io.promdisco.config.Problem;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.yaml.ProblemCollector;
import io.promdisco.config.yaml.Section;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads generated jobs as Prometheus reads a configuration, the jobs of one resource at a time, so
 * that a job which Prometheus refuses takes only its own resource with it. For one thread.
 */
final class JobCheck {
  private static final ConfigLoader LOADER =
      new ConfigLoader().skippingUnsupported().leavingFiles();

  private final Map<String, Object> global;

  /**
   * @param global what jobs inherit
   */
  JobCheck(Map<String, Object> global) {
    this.global = global;
  }

  /**
   * What became of jobs.
   *
   * @param configs those that promdisco can discover; others use unsupported service discovery
   * @param problem why Prometheus refuses them
   */
  record Result(List<ScrapeConfig> configs, Optional<String> problem) {}

  /** Reads the jobs of a resource. */
  Result read(List<JobTree> jobs) {
    ProblemCollector problems = new ProblemCollector("");
    Section root =
        Section.of(
            TreeNodes.mapping(JobTree.of("global", global, "scrape_configs", jobs)), "", problems);
    List<ScrapeConfig> configs = root == null ? List.of() : LOADER.inline(root, Path.of(""));
    if (!problems.refuse()) {
      return new Result(List.copyOf(configs), Optional.empty());
    }
    String message =
        problems.sorted().stream()
            .filter(problem -> problem.severity() == Problem.Severity.ERROR)
            .findFirst()
            .map(problem -> describe(problem, jobs.size()))
            .orElse("refused");
    return new Result(List.of(), Optional.of(message));
  }

  /** Names the key, and which of several jobs it belongs to. */
  private static String describe(Problem problem, int jobs) {
    String path = problem.path();
    if (jobs == 1) {
      path = path.replaceFirst("^scrape_configs\\[0]\\.?", "");
    }
    return (path.isEmpty() ? "" : path + ": ") + problem.message();
  }
}
