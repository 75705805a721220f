package io.promdisco.relabel;

import io.promdisco.model.NameValidation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes rules for tests. */
final class RuleFixtures {
  private @Nullable List<String> sources;
  private @Nullable String separator;
  private @Nullable String regex;
  private @Nullable Long modulus;
  private @Nullable String target;
  private @Nullable String replacement;
  private final @Nullable String action;
  private NameValidation names = NameValidation.UTF8;

  private RuleFixtures(@Nullable String action) {
    this.action = action;
  }

  static RuleFixtures rule(String action) {
    return new RuleFixtures(action);
  }

  static RuleFixtures withoutAction() {
    return new RuleFixtures(null);
  }

  RuleFixtures sources(String... names) {
    sources = List.of(names);
    return this;
  }

  RuleFixtures separator(String text) {
    separator = text;
    return this;
  }

  RuleFixtures regex(String text) {
    regex = text;
    return this;
  }

  RuleFixtures modulus(long number) {
    modulus = number;
    return this;
  }

  RuleFixtures target(String name) {
    target = name;
    return this;
  }

  RuleFixtures replacement(String text) {
    replacement = text;
    return this;
  }

  RuleFixtures legacy() {
    names = NameValidation.LEGACY;
    return this;
  }

  RelabelSpec spec() {
    return new RelabelSpec(sources, separator, regex, modulus, target, replacement, action, null);
  }

  /** Compiles the rule, which must be valid. */
  RelabelRule compile() {
    List<String> problems = new ArrayList<>();
    Optional<RelabelRule> rule =
        RelabelRule.compile(spec(), names, (field, text) -> problems.add(field + ": " + text));
    return rule.orElseThrow(() -> new IllegalArgumentException(problems.toString()));
  }

  /** The problems of the rule, each with its field. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    Optional<RelabelRule> rule =
        RelabelRule.compile(spec(), names, (field, text) -> problems.add(field + ": " + text));
    if (rule.isPresent() != problems.isEmpty()) {
      throw new IllegalStateException("a rule and problems: " + problems);
    }
    return problems;
  }
}
