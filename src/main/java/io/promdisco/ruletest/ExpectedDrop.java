package io.promdisco.ruletest;

import io.promdisco.model.Position;
import io.promdisco.relabel.RelabelTrace;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Targets that a rule must drop: at least one, and every one whose labels match.
 *
 * @param discovered labels before relabelling that they have; an empty value: have not
 * @param rule index of the rule, from 0; null: any
 * @param line where in the configuration the rule begins, from 1; null: anywhere
 * @param position where this is written
 */
record ExpectedDrop(
    Map<String, String> discovered,
    @Nullable Integer rule,
    @Nullable Integer line,
    Position position) {
  /** Copies the map, sorted. */
  public ExpectedDrop {
    discovered = new TreeMap<>(discovered);
  }

  boolean isBy(RelabelTrace.Step step) {
    return (rule == null || rule == step.index())
        && (line == null || step.rule().position().map(at -> at.line() == line).orElse(false));
  }

  /** The rule that is expected, for people. */
  String ruleText() {
    if (rule == null && line == null) {
      return "a rule";
    }
    return "rule "
        + (rule == null ? "" : rule)
        + (rule != null && line != null ? " " : "")
        + (line == null ? "" : "in line " + line);
  }
}
