package io.promdisco.config.lint;

import io.promdisco.config.lint.RuleWarnings.RuleWarning;
import io.promdisco.config.section.LocatedJob;
import io.promdisco.config.yaml.Section;
import io.promdisco.model.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Warns of what is legal but surely not meant, once all jobs have been read without an error. */
public final class ConfigWarnings {
  private static final List<RuleWarnings> RULES =
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
    for (RuleWarnings advice : RULES) {
      report(advice, jobs, uses);
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
   * Jobs may share a rule through an anchor: it is of use if it is so in one of them.
   *
   * @param uses how often each rule is used
   */
  private static void report(
      RuleWarnings advice, List<LocatedJob> jobs, Map<Position, Integer> uses) {
    Map<Position, Integer> found = new HashMap<>();
    List<RuleWarning> findings = new ArrayList<>();
    for (LocatedJob job : jobs) {
      for (RuleWarning finding : advice.of(job)) {
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
