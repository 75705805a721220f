package io.promdisco.config.lint;

import io.promdisco.config.lint.RuleCheck.RuleWarning;
import io.promdisco.config.section.LocatedJob;
import io.promdisco.config.yaml.Section;
import io.promdisco.model.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Warns about settings that are valid but are probably a mistake. Runs after all jobs have been
 * read without an error.
 */
public final class ConfigWarnings {
  private static final List<RuleCheck> RULE_CHECKS =
      List.of(new NeverSetLabelWarning(), new UnusedLabelWarning());

  private ConfigWarnings() {}

  public static void report(List<LocatedJob> jobs) {
    jobs.forEach(ConfigWarnings::reportName);
    IdenticalJobsWarning.report(jobs);
    NamespaceWarning.report(jobs);
    Map<Position, Integer> uses = new HashMap<>();
    for (LocatedJob job : jobs) {
      job.rules().forEach(rule -> uses.merge(position(rule), 1, Integer::sum));
    }
    for (RuleCheck check : RULE_CHECKS) {
      report(check, jobs, uses);
    }
  }

  /**
   * Prometheus, vmagent and the OpenTelemetry Collector send such a path as it is. Browsers, curl
   * and proxies shorten it (RFC 3986, section 5.2.4), and these names have no escapes.
   */
  private static void reportName(LocatedJob job) {
    String name = job.config().jobName();
    if (name.equals(".") || name.equals("..")) {
      job.section()
          .warn(
              "job_name",
              "browsers and HTTP proxies remove \""
                  + name
                  + "\" from the path of a URL, so the targets of this job cannot be read through"
                  + " them (expected: another name)");
    }
  }

  private static Position position(Section rule) {
    return rule.problems().position(rule.node().getStartMark());
  }

  /**
   * Reports the warnings of one check. Jobs can share a rule through a YAML anchor; a shared rule
   * is reported only if the warning applies in every job that uses it.
   *
   * @param uses how many jobs use each rule
   */
  private static void report(RuleCheck check, List<LocatedJob> jobs, Map<Position, Integer> uses) {
    Map<Position, Integer> found = new HashMap<>();
    List<RuleWarning> findings = new ArrayList<>();
    for (LocatedJob job : jobs) {
      for (RuleWarning finding : check.warnings(job)) {
        findings.add(finding);
        found.merge(position(finding.rule()), 1, Integer::sum);
      }
    }
    for (RuleWarning finding : findings) {
      Position position = position(finding.rule());
      if (Objects.equals(found.get(position), uses.get(position))) {
        finding.rule().warn(finding.key(), finding.kind(), finding.message());
      }
    }
  }
}
