package io.promdisco.config.lint;

import io.promdisco.config.lint.RuleAdvice.Finding;
import io.promdisco.config.section.LocatedJob;
import io.promdisco.config.yaml.Section;
import io.promdisco.model.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Warns of what is legal but surely not meant, once all jobs have been read without an error. */
public final class ConfigAdvice {
  private static final List<RuleAdvice> RULES =
      List.of(new NeverSetAdvice(), new UnusedLabelAdvice());

  private ConfigAdvice() {}

  public static void give(List<LocatedJob> jobs) {
    IdenticalJobsAdvice.give(jobs);
    NamespaceAdvice.give(jobs);
    Map<Position, Integer> uses = new HashMap<>();
    for (LocatedJob job : jobs) {
      job.rules().forEach(rule -> uses.merge(position(rule), 1, Integer::sum));
    }
    for (RuleAdvice advice : RULES) {
      give(advice, jobs, uses);
    }
  }

  private static Position position(Section rule) {
    return rule.problems().position(rule.node().getStartMark());
  }

  /**
   * Jobs may share a rule through an anchor: it is of use if it is so in one of them.
   *
   * @param uses how often each rule is used
   */
  private static void give(RuleAdvice advice, List<LocatedJob> jobs, Map<Position, Integer> uses) {
    Map<Position, Integer> found = new HashMap<>();
    List<Finding> findings = new ArrayList<>();
    for (LocatedJob job : jobs) {
      for (Finding finding : advice.of(job)) {
        findings.add(finding);
        found.merge(position(finding.rule()), 1, Integer::sum);
      }
    }
    for (Finding finding : findings) {
      Position position = position(finding.rule());
      if (Objects.equals(found.get(position), uses.get(position))) {
        finding.rule().warn(finding.key(), finding.kind(), finding.message());
      }
    }
  }
}
