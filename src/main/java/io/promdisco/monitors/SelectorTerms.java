package io.promdisco.monitors;

import io.promdisco.config.LabelSyntax;
import io.promdisco.util.GoFormatting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A label selector with {@code matchLabels}, sorted by key, and {@code matchExpressions}, as
 * written.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/">Labels
 *     and selectors</a>
 */
record SelectorTerms(List<Term> terms) {
  private static final String IN = "In";
  private static final String NOT_IN = "NotIn";
  private static final String EXISTS = "Exists";
  private static final String DOES_NOT_EXIST = "DoesNotExist";

  /**
   * A requirement.
   *
   * @param operator as written, unchecked; {@code In} for a label with its one value
   * @param isLabel whether it is one of {@code matchLabels}
   * @param field where it is written
   */
  private record Term(
      String key, String operator, List<String> values, boolean isLabel, String field) {
    boolean matches(Map<String, String> labels) {
      String value = labels.get(key);
      return switch (operator) {
        case IN -> value != null && values.contains(value);
        case NOT_IN -> value == null || !values.contains(value);
        case EXISTS -> value != null;
        default -> value == null;
      };
    }

    void check() throws InvalidMonitorException {
      List<String> problems = new ArrayList<>();
      LabelSyntax.keyProblem(key)
          .ifPresent(
              problem ->
                  problems.add("key: Invalid value: " + GoFormatting.quote(key) + ": " + problem));
      boolean wantsValues = operator.equals(IN) || operator.equals(NOT_IN);
      if (wantsValues && values.isEmpty()) {
        problems.add(
            "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty");
      }
      if (!wantsValues && !values.isEmpty()) {
        problems.add(
            "values: Invalid value: ["
                + String.join(",", values.stream().map(GoFormatting::quote).toList())
                + "]: values set must be empty for exists and does not exist");
      }
      for (int i = 0; i < values.size(); i++) {
        String place = "values[" + i + "][" + key + "]: Invalid value: ";
        String value = values.get(i);
        LabelSyntax.valueProblem(value)
            .ifPresent(problem -> problems.add(place + GoFormatting.quote(value) + ": " + problem));
      }
      if (!problems.isEmpty()) {
        throw new InvalidMonitorException(
            problems.size() == 1 ? problems.get(0) : "[" + String.join(", ", problems) + "]");
      }
    }

    String text() {
      List<String> sorted = values.stream().sorted().toList();
      return switch (operator) {
        case IN ->
            isLabel ? key + "=" + values.get(0) : key + " in (" + String.join(",", sorted) + ")";
        case NOT_IN -> key + " notin (" + String.join(",", sorted) + ")";
        case EXISTS -> key;
        default -> "!" + key;
      };
    }
  }

  /** Reads a selector without checking it. */
  static SelectorTerms read(SpecNode selector) throws InvalidMonitorException {
    List<Term> terms = new ArrayList<>();
    selector
        .textMap("matchLabels")
        .forEach(
            (key, value) ->
                terms.add(
                    new Term(
                        key,
                        IN,
                        List.of(value),
                        true,
                        selector.at("matchLabels") + "[" + key + "]")));
    for (SpecNode expression : selector.items("matchExpressions")) {
      terms.add(
          new Term(
              expression.textOrEmpty("key"),
              expression.textOrEmpty("operator"),
              expression.texts("values"),
              false,
              expression.path()));
    }
    return new SelectorTerms(terms);
  }

  /**
   * Reads a selector.
   *
   * @throws InvalidMonitorException if it is none; with the API server's message
   */
  static SelectorTerms checked(SpecNode selector) throws InvalidMonitorException {
    SelectorTerms terms = read(selector);
    for (Term term : terms.terms) {
      if (!List.of(IN, NOT_IN, EXISTS, DOES_NOT_EXIST).contains(term.operator)) {
        throw new InvalidMonitorException(
            GoFormatting.quote(term.operator) + " is not a valid label selector operator");
      }
      term.check();
    }
    return terms;
  }

  /** Whether it selects an object with these labels. */
  boolean matches(Map<String, String> labels) {
    return terms.stream().allMatch(term -> term.matches(labels));
  }

  /** Returns the requirements that these labels do not meet, and what is there instead. */
  List<String> unmet(Map<String, String> labels) {
    return terms.stream()
        .filter(term -> !term.matches(labels))
        .map(
            term -> {
              String value = labels.get(term.key);
              String found =
                  value == null
                      ? "there is no label " + term.key
                      : term.key + " is " + GoFormatting.quote(value);
              return term.text() + " (" + found + ")";
            })
        .toList();
  }

  /** Returns the selector as one text, sorted by key; empty if it selects all. */
  String text() {
    return String.join(
        ",", terms.stream().sorted(Comparator.comparing(Term::key)).map(Term::text).toList());
  }

  /**
   * Returns rules that keep the targets which it selects. Values become part of regular expressions
   * as they are; keys become names of labels.
   *
   * @param object whose labels it selects by: {@code service}, {@code pod} or {@code ingress}
   */
  List<JobTree> rules(String object) {
    List<JobTree> rules = new ArrayList<>();
    for (Term term : terms) {
      String name = RuleList.labelName(term.key);
      String value = "__meta_kubernetes_" + object + "_label_" + name;
      String present = "__meta_kubernetes_" + object + "_labelpresent_" + name;
      String regex = "(" + String.join("|", term.values) + ");true";
      switch (term.operator) {
        case IN -> rules.add(rule(term, "keep", List.of(value, present), regex));
        case NOT_IN -> rules.add(rule(term, "drop", List.of(value, present), regex));
        case EXISTS -> rules.add(rule(term, "keep", List.of(present), "true"));
        case DOES_NOT_EXIST -> rules.add(rule(term, "drop", List.of(present), "true"));
        default -> {} // A Probe's selector is not checked.
      }
    }
    return rules;
  }

  private static JobTree rule(Term term, String action, List<String> labels, String regex) {
    return JobTree.of("action", action, "source_labels", labels, "regex", regex).from(term.field);
  }
}
