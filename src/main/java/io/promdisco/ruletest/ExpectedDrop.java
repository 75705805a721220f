package io.promdisco.ruletest;

import io.promdisco.model.Position;
import io.promdisco.relabel.RelabelTrace;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Targets that a rule must drop: at least one exists, and every one whose labels match is dropped.
 *
 * @param discovered required labels before relabelling; an empty value means that the label must
 *     not exist
 * @param rule index of the rule, from 0; null for any
 * @param line the first line of the rule in the configuration, from 1; null for any
 * @param position the place of the expectation
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

  /** Returns the expected rule for people. */
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
