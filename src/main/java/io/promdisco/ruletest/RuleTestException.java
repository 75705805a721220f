package io.promdisco.ruletest;

import java.util.List;

/** Thrown if discovery for the tests failed. */
public final class RuleTestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> reasons;

  RuleTestException(List<String> reasons) {
    super(String.join("\n", reasons));
    this.reasons = List.copyOf(reasons);
  }

  /** One line for each reason. */
  public List<String> reasons() {
    return reasons;
  }
}
