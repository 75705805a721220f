package io.promdisco.relabel;

import io.promdisco.model.NameValidation;
import io.promdisco.relabel.RelabelRule.Action;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A rule made ready to be applied. Immutable but for what it remembers; safe for all threads. */
abstract class Step {
  private static final int REMEMBERED_VALUES = 1024;
  private static final int REMEMBERED_NAMES = 4096;

  static Step of(RelabelRule rule) {
    return switch (rule.action()) {
      case KEEP, DROP -> new Decide(rule);
      case KEEPEQUAL, DROPEQUAL -> new Compare(rule);
      case REPLACE -> new Replace(rule);
      case LABELMAP -> new Rename(rule);
      case LABELDROP, LABELKEEP -> new Filter(rule);
      case HASHMOD -> new Compute(rule, value -> HashMod.of(value, rule.modulus()));
      case LOWERCASE -> new Compute(rule, Case::lower);
      case UPPERCASE -> new Compute(rule, Case::upper);
    };
  }

  private final Source source;

  private Step(Source source) {
    this.source = source;
  }

  /**
   * The joined values of the rule's source labels; empty for rules about names.
   *
   * @throws RuleLimitException if there are several and they are too long
   */
  final String value(LabelView labels) {
    return source.join(labels);
  }

  /** A rule that only looks at the labels, and so may be asked before there is a working set. */
  abstract static class Decision extends Step {
    private Decision(Source source) {
      super(source);
    }

    /** Whether the target is kept. */
    abstract boolean keeps(LabelView labels);

    /** What it demands of labels without {@code guards}, if that can be listed. */
    Optional<Demand> demand(Set<String> guards) {
      return Optional.empty();
    }

    @Override
    final boolean apply(WorkingSet labels) {
      return keeps(labels);
    }
  }

  /**
   * Applies the rule; false if it drops the target.
   *
   * @throws RuleLimitException if it would write too much; then it has changed nothing
   */
  abstract boolean apply(WorkingSet labels);

  /** The source labels of a rule. */
  private static final class Source {
    static final Source NONE = new Source(List.of(), "");

    private final String[] names;
    private final String separator;

    Source(List<String> names, String separator) {
      this.names = names.toArray(new String[0]);
      this.separator = separator;
    }

    static Source of(RelabelRule rule) {
      return new Source(rule.sourceLabels(), rule.separator());
    }

    /** Their values, joined. */
    String join(LabelView labels) {
      if (names.length == 0) {
        return "";
      }
      String first = labels.get(names[0]);
      if (names.length == 1) {
        return first;
      }
      StringBuilder joined = new StringBuilder(64).append(first);
      for (int i = 1; i < names.length; i++) {
        joined.append(separator).append(labels.get(names[i]));
        RuleLimitException.check(joined.length(), RuleLimitException.JOINED);
      }
      return joined.toString();
    }
  }

  /** Whether a text matches a rule's regex; the engine is asked once for a text that repeats. */
  private static final class Question {
    private final ValueMatcher matcher;
    private final @Nullable Memo<Boolean> memo;

    Question(RelabelRule rule, int remembered) {
      matcher = ValueMatcher.of(rule.compiled(), false);
      memo = matcher.isCheap() ? null : new Memo<>(remembered, matcher::matches);
    }

    boolean matches(String text) {
      return memo == null ? matcher.matches(text) : memo.get(text);
    }

    /** All texts that match, if they can be listed; else none. */
    Set<String> literals() {
      return matcher.literals();
    }
  }

  /** keep, drop. */
  private static final class Decide extends Decision {
    private final List<String> names;
    private final String separator;
    private final Question question;
    private final boolean keep;

    Decide(RelabelRule rule) {
      super(Source.of(rule));
      names = rule.sourceLabels();
      separator = rule.separator();
      question = new Question(rule, REMEMBERED_VALUES);
      keep = rule.action() == Action.KEEP;
    }

    @Override
    boolean keeps(LabelView labels) {
      return question.matches(value(labels)) == keep;
    }

    @Override
    Optional<Demand> demand(Set<String> guards) {
      Set<String> values = question.literals();
      return keep && !values.isEmpty()
          ? Optional.of(new Demand(names, separator, values, guards))
          : Optional.empty();
    }
  }

  /** keepequal, dropequal. */
  private static final class Compare extends Decision {
    private final String target;
    private final boolean keep;

    Compare(RelabelRule rule) {
      super(Source.of(rule));
      target = rule.targetLabel();
      keep = rule.action() == Action.KEEPEQUAL;
    }

    @Override
    boolean keeps(LabelView labels) {
      return labels.get(target).equals(value(labels)) == keep;
    }
  }

  /** replace. */
  private static final class Replace extends Step {
    /** What is written for a value; nothing if the name is empty. */
    private record Written(String name, String value) {
      static final Written NOTHING = new Written("", "");
    }

    private final ValueMatcher matcher;
    private final boolean withGroups;
    private final int slots;
    private final Template target;
    private final Template replacement;
    private final NameValidation names;
    private final @Nullable Memo<Written> memo;

    Replace(RelabelRule rule) {
      super(Source.of(rule));
      target = rule.target();
      replacement = rule.replacementTemplate();
      names = rule.names();
      slots = 2 * rule.compiled().groupNames().size();
      withGroups = !target.isConstant() || !replacement.isConstant();
      matcher = ValueMatcher.of(rule.compiled(), withGroups);
      memo = matcher.isCheap() ? null : new Memo<>(REMEMBERED_VALUES, this::written);
    }

    private boolean find(String value, int[] groups) {
      return withGroups ? matcher.find(value, groups) : matcher.matches(value);
    }

    private Written written(String value) {
      int[] groups = new int[slots];
      if (!find(value, groups)) {
        return Written.NOTHING;
      }
      String name = target.expand(value, groups);
      return names.isValidLabelName(name)
          ? new Written(name, replacement.expand(value, groups))
          : Written.NOTHING;
    }

    @Override
    boolean apply(WorkingSet labels) {
      String value = value(labels);
      if (memo != null) {
        Written written = memo.get(value);
        if (!written.name.isEmpty()) {
          labels.set(written.name, written.value);
        }
        return true;
      }
      int[] groups = labels.groups(slots);
      if (find(value, groups)) {
        String name = target.expand(value, groups);
        if (names.isValidLabelName(name)) {
          labels.set(name, replacement.expand(value, groups));
        }
      }
      return true;
    }
  }

  /** hashmod, lowercase, uppercase. */
  private static final class Compute extends Step {
    private final String target;
    private final UnaryOperator<String> function;

    Compute(RelabelRule rule, UnaryOperator<String> function) {
      super(Source.of(rule));
      target = rule.targetLabel();
      this.function = function;
    }

    @Override
    boolean apply(WorkingSet labels) {
      String value = function.apply(value(labels));
      RuleLimitException.check(value.length(), RuleLimitException.COMPUTED);
      labels.set(target, value);
      return true;
    }
  }

  /** labelmap. Names repeat from target to target, so each is worked out once, and shared. */
  private static final class Rename extends Step {
    private final RelabelRule rule;
    private final ValueMatcher matcher;
    private final Memo<Optional<String>> memo = new Memo<>(REMEMBERED_NAMES, this::workOut);

    Rename(RelabelRule rule) {
      super(Source.NONE);
      this.rule = rule;
      matcher = ValueMatcher.of(rule.compiled(), false);
    }

    private Optional<String> workOut(String name) {
      return rule.compiled().matches(name)
          ? Optional.of(rule.compiled().replaceAll(name, rule.replacementTemplate()))
          : Optional.empty();
    }

    private @Nullable String newName(String name) {
      return matcher.isCheap() && !matcher.matches(name) ? null : memo.get(name).orElse(null);
    }

    @Override
    boolean apply(WorkingSet labels) {
      labels.copyRenamed(this::newName);
      return true;
    }
  }

  /** labeldrop, labelkeep. */
  private static final class Filter extends Step {
    private final Question question;
    private final boolean keep;

    Filter(RelabelRule rule) {
      super(Source.NONE);
      question = new Question(rule, REMEMBERED_NAMES);
      keep = rule.action() == Action.LABELKEEP;
    }

    @Override
    boolean apply(WorkingSet labels) {
      labels.removeIf(name -> question.matches(name) != keep);
      return true;
    }
  }
}
