package io.promdisco.config.lint;

import io.promdisco.config.ProblemKind;
import io.promdisco.config.section.LocatedJob;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelRule.Action;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Finds temporary labels that no later rule reads. */
final class UnusedLabelWarning implements RuleCheck {
  private static final String TEMPORARY = "__tmp_";

  /** Prometheus Operator writes this label in every job, for rules that users may add. */
  private static final String OF_OPERATOR = "__tmp_prometheus_job_name";

  private static final Set<Action> WRITING =
      EnumSet.of(Action.REPLACE, Action.HASHMOD, Action.LOWERCASE, Action.UPPERCASE);

  @Override
  public List<RuleWarning> warnings(LocatedJob job) {
    List<RelabelRule> rules = job.config().relabelRules();
    List<RuleWarning> findings = new ArrayList<>();
    for (int i = 0; i < job.rules().size(); i++) {
      RelabelRule rule = rules.get(i);
      String name = rule.targetLabel();
      if (WRITING.contains(rule.action())
          && name.startsWith(TEMPORARY)
          && name.indexOf('$') < 0
          && !name.equals(OF_OPERATOR)
          && rules.subList(i + 1, rules.size()).stream().noneMatch(later -> reads(later, name))) {
        findings.add(
            new RuleWarning(
                job.rules().get(i),
                "target_label",
                ProblemKind.UNUSED_LABEL,
                "no later rule reads " + name + ", and it is not part of the final labels"));
      }
    }
    return findings;
  }

  private static boolean reads(RelabelRule rule, String name) {
    return switch (rule.action()) {
      case KEEPEQUAL, DROPEQUAL ->
          rule.sourceLabels().contains(name) || rule.targetLabel().equals(name);
      case LABELMAP -> rule.matches(name);
      case LABELDROP, LABELKEEP -> false;
      default -> rule.sourceLabels().contains(name);
    };
  }
}
