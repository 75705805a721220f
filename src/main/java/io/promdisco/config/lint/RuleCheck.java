package io.promdisco.config.lint;

import io.promdisco.config.ProblemKind;
import io.promdisco.config.section.LocatedJob;
import io.promdisco.config.yaml.Section;
import java.util.List;

/** Finds relabel rules that are valid but are probably a mistake. */
interface RuleCheck {
  /** The warnings about the rules of a job. */
  List<RuleWarning> warnings(LocatedJob job);

  /**
   * A warning about a rule.
   *
   * @param rule the rule's section
   * @param key the key that the warning is about
   * @param kind its kind
   * @param message the text
   */
  record RuleWarning(Section rule, String key, ProblemKind kind, String message) {}
}
