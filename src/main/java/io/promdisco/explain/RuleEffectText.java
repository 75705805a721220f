package io.promdisco.explain;

import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelTrace.Step;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Describes the effect of a rule on a target. */
public final class RuleEffectText {
  private RuleEffectText() {}

  /**
   * Returns the result of the rule, for example {@code "db" does not match: dropped} or {@code
   * pod="web-0"}.
   */
  public static String verdict(Step step) {
    if (!step.problem().isEmpty()) {
      return "changes nothing; the target fails: " + step.problem();
    }
    RelabelRule rule = step.rule();
    String end = step.kept() ? ": kept" : ": dropped";
    return switch (rule.action()) {
      case KEEP -> quoted(step.value()) + (step.kept() ? " matches" : " does not match") + end;
      case DROP -> quoted(step.value()) + (step.kept() ? " does not match" : " matches") + end;
      case KEEPEQUAL -> comparison(step, step.kept()) + end;
      case DROPEQUAL -> comparison(step, !step.kept()) + end;
      default -> step.changed() ? changes(step) : "changes nothing";
    };
  }

  private static String comparison(Step step, boolean equal) {
    String label = step.rule().targetLabel();
    return quoted(step.value())
        + (equal ? " equals " : " does not equal ")
        + label
        + "="
        + quoted(step.before().getOrEmpty(label));
  }

  private static String changes(Step step) {
    StringJoiner text = new StringJoiner(", ");
    for (String name : step.changedNames()) {
      @Nullable String before = step.before().get(name);
      @Nullable String after = step.after().get(name);
      if (after == null) {
        text.add(name + " removed (was " + quoted(String.valueOf(before)) + ")");
      } else if (before == null) {
        text.add(name + "=" + quoted(after));
      } else {
        text.add(name + "=" + quoted(after) + " (was " + quoted(before) + ")");
      }
    }
    return text.toString();
  }

  static String quoted(String value) {
    return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  /**
   * The rule's place; where it has none, its number and the field that it comes from.
   *
   * @param field empty: none is known
   */
  public static String place(RelabelRule rule, int index, String field) {
    return rule.position()
        .map(Object::toString)
        .orElse("relabel_configs[" + index + "]" + (field.isEmpty() ? "" : " of " + field));
  }
}
