package io.promdisco.ruletest;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.TargetGroup;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A test file.
 *
 * @param path the file
 * @param jobs the jobs of the tested configuration
 * @param manifests dumps of Kubernetes objects; empty for no Kubernetes objects
 * @param namespace the namespace that {@code own_namespace} refers to in the dumps; empty for none
 * @param groups further targets by job
 * @param tests the tests in the order of the file
 */
public record RuleTestFile(
    Path path,
    List<ScrapeConfig> jobs,
    List<Path> manifests,
    String namespace,
    Map<String, List<TargetGroup>> groups,
    List<RuleTest> tests) {
  /** Copies the lists. */
  public RuleTestFile {
    jobs = List.copyOf(jobs);
    manifests = List.copyOf(manifests);
    groups = Map.copyOf(groups);
    tests = List.copyOf(tests);
  }

  /** Returns the job of that name, which must exist. */
  ScrapeConfig job(String name) {
    return jobs.stream().filter(job -> job.jobName().equals(name)).findFirst().orElseThrow();
  }
}
