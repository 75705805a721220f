package io.promdisco.relabel;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Determines when a rule that decides may run before the rules in front of it.
 *
 * <p>Why the outcome is the same: a target is dropped if any rule drops it, in whatever order, and
 * the only other effect of a rule is on the target's labels. So a rule may decide early if the
 * labels that it reads still have their discovered values when its turn comes. Going back from the
 * rule, there are three cases for each earlier rule. It cannot write such a label ({@code
 * namespace} is not {@code __meta_kubernetes_namespace}). Or it may write it, and then nothing is
 * known. Or it is a {@code labelmap} that could write it from exactly one other label: {@code
 * __meta_kubernetes_pod_label_(.+)} writes {@code x} only from {@code
 * __meta_kubernetes_pod_label_x}. That other label is a guard. If the target was discovered without
 * it, and no rule before the labelmap can have written it, which is determined in the same way, the
 * labelmap cannot write {@code x}.
 */
final class RuleHoisting {
  private final List<RelabelRule> rules;

  RuleHoisting(List<RelabelRule> rules) {
    this.rules = rules;
  }

  /**
   * Returns the guards of the rule at {@code index}: it may run early for targets that were
   * discovered without any of these labels.
   *
   * @return empty if it must wait for its turn
   */
  Optional<Set<String>> guards(int index) {
    RelabelRule rule = rules.get(index);
    Set<String> guards = new LinkedHashSet<>();
    for (String name : rule.sourceLabels()) {
      if (!isUntouched(name, index, guards)) {
        return Optional.empty();
      }
    }
    boolean compares =
        switch (rule.action()) {
          case KEEPEQUAL, DROPEQUAL -> true;
          default -> false;
        };
    return compares && !isUntouched(rule.targetLabel(), index, guards)
        ? Optional.empty()
        : Optional.of(guards);
  }

  /** Whether a rule's regex may match; {@code otherwise} if that cannot be determined. */
  private static boolean mayMatch(RelabelRule rule, String name, boolean otherwise) {
    try {
      return rule.compiled().matches(name);
    } catch (RuleLimitException e) {
      return otherwise;
    }
  }

  /** Whether the rules before {@code end} do not write {@code name} if no guard is present. */
  private boolean isUntouched(String name, int end, Set<String> guards) {
    for (int i = end - 1; i >= 0; i--) {
      RelabelRule rule = rules.get(i);
      boolean untouched =
          switch (rule.action()) {
            case KEEP, DROP, KEEPEQUAL, DROPEQUAL -> true;
            case REPLACE -> !mayWrite(rule.target(), name);
            case HASHMOD, LOWERCASE, UPPERCASE -> !rule.targetLabel().equals(name);
            case LABELDROP -> !mayMatch(rule, name, true);
            case LABELKEEP -> mayMatch(rule, name, false);
            case LABELMAP -> isUntouchedByLabelmap(name, i, guards);
          };
      if (!untouched) {
        return false;
      }
    }
    return true;
  }

  private static boolean mayWrite(ReplacementTemplate target, String name) {
    return !target.isConstant() || target.expand("", new int[0]).equals(name);
  }

  private boolean isUntouchedByLabelmap(String name, int index, Set<String> guards) {
    List<String> origins = origins(rules.get(index), name);
    if (origins == null) {
      return false;
    }
    for (String origin : origins) {
      if (!isUntouched(origin, index, guards)) {
        return false;
      }
      guards.add(origin);
    }
    return true;
  }

  /** Returns the labels from which a labelmap would write {@code name}; null if unknown. */
  private static @Nullable List<String> origins(RelabelRule rule, String name) {
    String replacement = rule.replacement();
    List<List<LiteralPattern.Item>> paths = LiteralPattern.pathsOf(rule.compiled().text());
    if (paths == null || !(replacement.equals("$1") || replacement.equals("${1}"))) {
      return null;
    }
    List<String> origins = new ArrayList<>();
    for (List<LiteralPattern.Item> path : paths) {
      String origin = origin(path, name);
      if (origin == null) {
        return null;
      }
      if (!origin.equals(name)) { // A label that is written onto itself keeps its value.
        origins.add(origin);
      }
    }
    return origins;
  }

  /**
   * Returns what the path matches if its first group, which must be a single gap, is {@code name}.
   */
  private static @Nullable String origin(List<LiteralPattern.Item> path, String name) {
    StringBuilder origin = new StringBuilder();
    boolean found = false;
    for (int i = 0; i < path.size(); i++) {
      LiteralPattern.Item item = path.get(i);
      if (item instanceof LiteralPattern.Text text) {
        origin.append(text.text());
      } else if (item instanceof LiteralPattern.Gap) {
        boolean isGroup =
            i > 0
                && i + 1 < path.size()
                && path.get(i - 1).equals(new LiteralPattern.Mark(2))
                && path.get(i + 1).equals(new LiteralPattern.Mark(3));
        if (found || !isGroup) {
          return null;
        }
        found = true;
        origin.append(name);
      }
    }
    return found ? origin.toString() : null;
  }
}
