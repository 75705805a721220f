package io.promdisco.cli.output;

import io.promdisco.config.Problem;
import io.promdisco.ruletest.RuleTestResult;
import java.nio.file.Path;
import java.util.List;

/**
 * The result of a test file.
 *
 * @param problems its errors and warnings
 * @param reasons why discovery failed for it
 * @param results the results of its tests, if it could be used
 */
public record TestFileResult(
    Path path, List<Problem> problems, List<String> reasons, List<RuleTestResult> results) {
  public static TestFileResult unusable(Path path, List<Problem> problems, List<String> reasons) {
    return new TestFileResult(path, problems, reasons, List.of());
  }

  public boolean usable() {
    return reasons.isEmpty()
        && problems.stream().noneMatch(p -> p.severity() == Problem.Severity.ERROR);
  }

  public boolean passed() {
    return results.stream().allMatch(RuleTestResult::passed);
  }

  public long failures() {
    return results.stream().filter(result -> !result.passed()).count();
  }
}
