package io.promdisco.ruletest;

import java.time.Duration;
import java.util.List;

/** The result of a test. Immutable. */
public final class RuleTestResult {
  private final TargetComparison comparison;
  private final List<Finding> findings;
  private final Duration took;

  RuleTestResult(TargetComparison comparison, Duration took) {
    this.comparison = comparison;
    this.took = took;
    findings = List.copyOf(ComparisonFindings.of(comparison));
  }

  /** The test. */
  public RuleTest test() {
    return comparison.test();
  }

  /** Returns the differences; empty if the test has passed. */
  public List<Finding> findings() {
    return findings;
  }

  /** Whether the test has passed. */
  public boolean passed() {
    return findings.isEmpty();
  }

  /**
   * Returns how long it took, without the discovery that it shares with other tests of its file.
   */
  public Duration took() {
    return took;
  }

  TargetComparison comparison() {
    return comparison;
  }
}
