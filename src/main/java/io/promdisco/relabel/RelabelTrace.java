package io.promdisco.relabel;

import io.promdisco.model.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What each rule did to one label set.
 *
 * @param steps one for each rule that was reached, in order
 */
public record RelabelTrace(List<Step> steps) {
  /**
   * One rule's turn.
   *
   * @param index of the rule, from 0
   * @param rule the rule
   * @param before the labels that it found
   * @param after the labels that it left; those it found if it drops the target
   * @param kept false if it drops the target
   */
  public record Step(int index, RelabelRule rule, Labels before, Labels after, boolean kept) {
    /** Whether it changed a label. */
    public boolean changed() {
      return !before.equals(after);
    }
  }

  /** Copies the list. */
  public RelabelTrace {
    steps = List.copyOf(steps);
  }

  /** Follows {@code labels} through the rules. */
  public static RelabelTrace of(List<RelabelRule> rules, Labels labels) {
    List<Step> steps = new ArrayList<>();
    Map<String, String> set = new TreeMap<>();
    LabelView.of(labels).forEach(set::put);
    for (int i = 0; i < rules.size(); i++) {
      Labels before = Labels.of(set);
      boolean kept = ReferenceRelabeler.apply(rules.get(i), set);
      steps.add(new Step(i, rules.get(i), before, Labels.of(set), kept));
      if (!kept) {
        break;
      }
    }
    return new RelabelTrace(steps);
  }

  /** The step that dropped the target, if one did. */
  public Optional<Step> dropped() {
    return steps.isEmpty() || steps.get(steps.size() - 1).kept()
        ? Optional.empty()
        : Optional.of(steps.get(steps.size() - 1));
  }
}
