package io.promdisco.ruletest;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.TargetGroup;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A file of tests.
 *
 * @param path the file
 * @param jobs those of the configuration that it tests
 * @param manifests dumps of Kubernetes objects to discover from; none: Kubernetes is not asked
 * @param namespace what {@code own_namespace} means in the dumps; empty: nothing
 * @param groups further targets by job
 * @param tests in the order of the file
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

  /** The job of that name, which must be there. */
  ScrapeConfig job(String name) {
    return jobs.stream().filter(job -> job.jobName().equals(name)).findFirst().orElseThrow();
  }
}
