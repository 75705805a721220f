package io.promdisco.relabel;

import io.promdisco.model.Labels;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Applies rules one after the other on a map, without any optimization: {@link Relabeler} and
 * {@link RelabelTrace} must give the same results.
 */
public final class ReferenceRelabeler {
  private ReferenceRelabeler() {}

  /**
   * The labels after all rules, or empty if one dropped the target.
   *
   * @throws RelabelLimitException if a rule would write too much before any rule drops the target
   */
  public static Optional<Labels> apply(List<RelabelRule> rules, Labels labels) {
    Map<String, String> set = new TreeMap<>();
    LabelView.of(labels).forEach(set::put);
    RelabelLimitException beyond = null;
    for (int i = 0; i < rules.size(); i++) {
      try {
        if (!apply(rules.get(i), set)) {
          return Optional.empty();
        }
      } catch (RuleLimitException e) {
        beyond = RelabelLimitException.first(beyond, rules, i, e);
      }
    }
    if (beyond != null) {
      throw beyond;
    }
    return Optional.of(Labels.of(set));
  }

  /**
   * Applies one rule to {@code labels}; false if it drops the target.
   *
   * @throws RuleLimitException if it would write too much; the labels are unchanged then
   */
  static boolean apply(RelabelRule rule, Map<String, String> labels) {
    String value = value(rule, labels);
    return switch (rule.action()) {
      case KEEP -> rule.compiled().matches(value);
      case DROP -> !rule.compiled().matches(value);
      case KEEPEQUAL -> labels.getOrDefault(rule.targetLabel(), "").equals(value);
      case DROPEQUAL -> !labels.getOrDefault(rule.targetLabel(), "").equals(value);
      case REPLACE, LOWERCASE, UPPERCASE, HASHMOD, LABELMAP, LABELDROP, LABELKEEP -> {
        write(rule, labels, value);
        yield true;
      }
    };
  }

  /**
   * The values of the rule's source labels, joined; empty for rules about names.
   *
   * @throws RuleLimitException if there are several and they are too long
   */
  static String value(RelabelRule rule, Map<String, String> labels) {
    return switch (rule.action()) {
      case LABELMAP, LABELDROP, LABELKEEP -> "";
      default -> join(rule, labels);
    };
  }

  private static String join(RelabelRule rule, Map<String, String> labels) {
    StringJoiner joiner = new StringJoiner(rule.separator());
    for (String name : rule.sourceLabels()) {
      joiner.add(labels.getOrDefault(name, ""));
      if (rule.sourceLabels().size() > 1) {
        RuleLimitException.check(joiner.length(), RuleLimitException.JOINED);
      }
    }
    return joiner.toString();
  }

  private static void write(RelabelRule rule, Map<String, String> labels, String value) {
    switch (rule.action()) {
      case REPLACE -> replace(rule, labels, value);
      case LOWERCASE -> setComputed(labels, rule.targetLabel(), CaseMapping.lower(value));
      case UPPERCASE -> setComputed(labels, rule.targetLabel(), CaseMapping.upper(value));
      case HASHMOD -> set(labels, rule.targetLabel(), HashMod.of(value, rule.modulus()));
      case LABELDROP -> labels.keySet().removeIf(rule.compiled()::matches);
      case LABELKEEP -> labels.keySet().removeIf(name -> !rule.compiled().matches(name));
      case LABELMAP -> map(rule, labels);
      default -> throw new IllegalArgumentException(rule.action() + " writes nothing");
    }
  }

  private static void setComputed(Map<String, String> labels, String name, String value) {
    RuleLimitException.check(value.length(), RuleLimitException.COMPUTED);
    set(labels, name, value);
  }

  private static void map(RelabelRule rule, Map<String, String> labels) {
    Map<String, String> after = new TreeMap<>(labels);
    labels.forEach(
        (name, value) -> {
          String target = mapped(rule, name);
          if (target != null) {
            set(after, target, value);
          }
        });
    if (after.size() > labels.size()) {
      long characters = 0;
      for (String name : after.keySet()) {
        characters += name.length();
      }
      RuleLimitException.checkLabels(after.size(), characters);
    }
    labels.putAll(after);
  }

  private static void replace(RelabelRule rule, Map<String, String> labels, String value) {
    int[] groups = rule.compiled().find(value, 0);
    if (groups == null) {
      return;
    }
    String target = rule.target().expand(value, groups);
    if (rule.names().isValidLabelName(target)) {
      set(labels, target, rule.replacementTemplate().expand(value, groups));
    }
  }

  /** The name that a labelmap rule gives to {@code name}, or null if it does not match. */
  static @Nullable String mapped(RelabelRule rule, String name) {
    return rule.compiled().matches(name)
        ? rule.compiled().replaceAll(name, rule.replacementTemplate())
        : null;
  }

  private static void set(Map<String, String> labels, String name, String value) {
    if (value.isEmpty()) {
      labels.remove(name);
    } else {
      labels.put(name, value);
    }
  }
}
