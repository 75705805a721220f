package io.promdisco.config.lint;

import io.promdisco.config.ProblemKind;
import io.promdisco.config.section.LocatedJob;
import io.promdisco.config.yaml.Section;
import java.util.List;

/** Finds rules of a job that are legal but surely not meant. */
interface RuleWarnings {
  /** What is to be said about the rules of a job. */
  List<RuleWarning> of(LocatedJob job);

  /**
   * Something to be said about a rule.
   *
   * @param rule the rule's section
   * @param key the key that it is about
   * @param kind what kind of problem it is
   * @param message what to say
   */
  record RuleWarning(Section rule, String key, ProblemKind kind, String message) {}
}
