package io.promdisco.relabel;

import io.promdisco.Internal;
import io.promdisco.model.Labels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What each rule did to one label set. The rules are the same compiled steps that {@link Relabeler}
 * runs, one after the other; only when a rule may decide is different.
 *
 * @param discovered the labels before the first rule, without empty ones
 * @param steps one for each rule that was reached, in order
 * @hidden
 */
@Internal
public record RelabelTrace(Labels discovered, List<Step> steps) {
  /**
   * One rule's turn.
   *
   * @param index of the rule, from 0
   * @param rule the rule
   * @param value the joined values of the rule's source labels
   * @param before the labels that it found
   * @param after the labels that it left; those it found if it drops the target
   * @param kept false if it drops the target
   * @param problem which limit the rule would have exceeded; it has then changed nothing, and the
   *     target fails unless it is dropped; empty if the rule was applied
   * @hidden
   */
  public record Step(
      int index,
      RelabelRule rule,
      String value,
      Labels before,
      Labels after,
      boolean kept,
      String problem) {
    /** Whether it changed a label. */
    public boolean changed() {
      return !before.equals(after);
    }

    /** Names of the labels that it added, changed or removed, sorted. */
    public SortedSet<String> changedNames() {
      SortedSet<String> names = new TreeSet<>();
      before.forEach((name, value) -> addIfOther(names, name, value, after));
      after.forEach((name, value) -> addIfOther(names, name, value, before));
      return Collections.unmodifiableSortedSet(names);
    }

    private static void addIfOther(Set<String> names, String name, String value, Labels other) {
      if (!value.equals(other.get(name))) {
        names.add(name);
      }
    }
  }

  /** Copies the list. */
  public RelabelTrace {
    steps = List.copyOf(steps);
  }

  /** Follows {@code labels} through the rules. */
  public static RelabelTrace of(List<RelabelRule> rules, Labels labels) {
    Steps steps = new Steps(rules, labels);
    Labels discovered = steps.labels();
    List<Step> all = new ArrayList<>();
    steps.forEachRemaining(all::add);
    return new RelabelTrace(discovered, all);
  }

  /**
   * The steps of a trace, each made when it is asked for: keeps one set of labels, however many
   * rules there are. Not safe for several threads at once.
   *
   * @hidden
   */
  public static final class Steps implements Iterator<Step> {
    private final List<RelabelRule> rules;
    private final WorkingLabels set = new WorkingLabels();
    private Labels labels;
    private int next;
    private boolean dropped;

    /** Follows {@code labels} through the rules. */
    public Steps(List<RelabelRule> rules, Labels labels) {
      this.rules = rules;
      set.begin(LabelView.of(labels));
      this.labels = set.toLabels();
    }

    /** The labels before the next rule. */
    public Labels labels() {
      return labels;
    }

    @Override
    public boolean hasNext() {
      return !dropped && next < rules.size();
    }

    @Override
    public Step next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      RelabelRule rule = rules.get(next);
      io.promdisco.relabel.RelabelAction step = io.promdisco.relabel.RelabelAction.of(rule);
      boolean kept = true;
      String value = "";
      String problem = "";
      try {
        value = step.value(set);
        kept = step.apply(set);
      } catch (RuleLimitException e) {
        problem = String.valueOf(e.getMessage());
      }
      Labels before = labels;
      labels = set.toLabels();
      dropped = !kept;
      return new Step(next++, rule, value, before, labels, kept, problem);
    }
  }

  /** The step that dropped the target, if one did. */
  public Optional<Step> dropped() {
    return steps.isEmpty() || steps.get(steps.size() - 1).kept()
        ? Optional.empty()
        : Optional.of(steps.get(steps.size() - 1));
  }

  /** The labels after the last rule, or nothing if a rule dropped the target. */
  public Optional<Labels> result() {
    if (steps.isEmpty()) {
      return Optional.of(discovered);
    }
    Step last = steps.get(steps.size() - 1);
    return last.kept() ? Optional.of(last.after()) : Optional.empty();
  }
}
