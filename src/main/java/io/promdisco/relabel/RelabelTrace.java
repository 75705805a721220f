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
 * What each rule did to one label set. It runs the same compiled rules as {@link Relabeler}, but
 * strictly in order.
 *
 * @param discovered the labels before the first rule, without empty ones
 * @param steps one for each rule that was reached, in order
 * @hidden
 */
@Internal
public record RelabelTrace(Labels discovered, List<Step> steps) {
  /**
   * The effect of one rule.
   *
   * @param index the index of the rule, from 0
   * @param rule the rule
   * @param value the joined values of the rule's source labels
   * @param before the labels before the rule
   * @param after the labels after the rule; those before it if it drops the target
   * @param kept false if it drops the target
   * @param problem the limit that the rule would have exceeded; then it has changed nothing, and
   *     the target fails unless it is dropped. Empty if the rule was applied
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

    /** Returns the names of the labels that it added, changed or removed, sorted. */
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

  /** Applies the rules to {@code labels}. */
  public static RelabelTrace of(List<RelabelRule> rules, Labels labels) {
    Steps steps = new Steps(rules, labels);
    Labels discovered = steps.labels();
    List<Step> all = new ArrayList<>();
    steps.forEachRemaining(all::add);
    return new RelabelTrace(discovered, all);
  }

  /**
   * The steps of a trace, each computed when it is requested. Stores only one set of labels, no
   * matter how many rules there are. For one thread at a time.
   *
   * @hidden
   */
  public static final class Steps implements Iterator<Step> {
    private final List<RelabelRule> rules;
    private final WorkingLabels set = new WorkingLabels();
    private Labels labels;
    private int next;
    private boolean dropped;

    /** Starts to apply the rules to {@code labels}. */
    public Steps(List<RelabelRule> rules, Labels labels) {
      this.rules = rules;
      set.begin(LabelView.of(labels));
      this.labels = set.toLabels();
    }

    /** Returns the labels before the next rule. */
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

  /** Returns the step that dropped the target, if any. */
  public Optional<Step> dropped() {
    return steps.isEmpty() || steps.get(steps.size() - 1).kept()
        ? Optional.empty()
        : Optional.of(steps.get(steps.size() - 1));
  }

  /** Returns the labels after the last rule; empty if a rule dropped the target. */
  public Optional<Labels> result() {
    if (steps.isEmpty()) {
      return Optional.of(discovered);
    }
    Step last = steps.get(steps.size() - 1);
    return last.kept() ? Optional.of(last.after()) : Optional.empty();
  }
}
