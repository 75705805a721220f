package io.promdisco.ruletest;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.TargetGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Runs the tests of a file with the same discovery and rules as other commands. */
public final class RuleTestRunner {
  private RuleTestRunner() {}

  /**
   * Runs every test.
   *
   * @return their results in the order of the file
   * @throws RuleTestException if discovery failed
   */
  public static List<RuleTestResult> run(RuleTestFile file)
      throws RuleTestException, InterruptedException {
    Set<String> names =
        file.tests().stream()
            .filter(test -> test.groups() == null)
            .map(RuleTest::job)
            .collect(Collectors.toSet());
    List<ScrapeConfig> jobs =
        file.jobs().stream().filter(job -> names.contains(job.jobName())).toList();
    Map<String, List<FoundTarget>> shared =
        jobs.isEmpty()
            ? Map.of()
            : RuleTestDiscovery.from(file.manifests(), file.namespace()).run(jobs, file.groups());
    List<RuleTestResult> results = new ArrayList<>();
    for (RuleTest test : file.tests()) {
      long start = System.nanoTime();
      ScrapeConfig job = file.job(test.job());
      List<TargetGroup> own = test.groups();
      List<FoundTarget> found =
          own == null ? shared.getOrDefault(test.job(), List.of()) : RuleTestDiscovery.of(job, own);
      TargetComparison comparison = new TargetComparison(test, job, found);
      results.add(new RuleTestResult(comparison, Duration.ofNanos(System.nanoTime() - start)));
    }
    return results;
  }
}
