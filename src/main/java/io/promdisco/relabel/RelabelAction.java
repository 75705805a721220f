package io.promdisco.relabel;

import io.promdisco.model.NameValidation;
import io.promdisco.relabel.RelabelRule.Action;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A compiled rule. Immutable except for cached results; safe for all threads. */
abstract class RelabelAction {
  private static final int REMEMBERED_VALUES = 1024;
  private static final int REMEMBERED_NAMES = 4096;

  static RelabelAction of(RelabelRule rule) {
    return switch (rule.action()) {
      case KEEP, DROP -> new KeepOrDrop(rule);
      case KEEPEQUAL, DROPEQUAL -> new KeepOrDropEqual(rule);
      case REPLACE -> new Replace(rule);
      case LABELMAP -> new LabelMap(rule);
      case LABELDROP, LABELKEEP -> new LabelDropOrKeep(rule);
      case HASHMOD -> new ComputeValue(rule, value -> HashMod.of(value, rule.modulus()));
      case LOWERCASE -> new ComputeValue(rule, CaseMapping::lower);
      case UPPERCASE -> new ComputeValue(rule, CaseMapping::upper);
    };
  }

  private final JoinedLabels source;

  private RelabelAction(JoinedLabels source) {
    this.source = source;
  }

  /**
   * Returns the joined values of the rule's source labels; empty for rules about names.
   *
   * @throws RuleLimitException if there are several labels and their values are too long
   */
  final String value(LabelView labels) {
    return source.join(labels);
  }

  /** A rule that only reads labels, and so can run before there are working labels. */
  abstract static class Decision extends RelabelAction {
    private Decision(JoinedLabels source) {
      super(source);
    }

    /** Whether the target is kept. */
    abstract boolean keeps(LabelView labels);

    /**
     * Returns the values that the rule requires of targets without {@code guards}, if they can be
     * listed.
     */
    Optional<RequiredValues> requiredValues(Set<String> guards) {
      return Optional.empty();
    }

    @Override
    final boolean apply(WorkingLabels labels) {
      return keeps(labels);
    }
  }

  /**
   * Applies the rule. Returns false if it drops the target.
   *
   * @throws RuleLimitException if it would exceed a limit; then it has changed nothing
   */
  abstract boolean apply(WorkingLabels labels);

  /** The source labels of a rule. */
  private static final class JoinedLabels {
    static final JoinedLabels NONE = new JoinedLabels(List.of(), "");

    private final String[] names;
    private final String separator;

    JoinedLabels(List<String> names, String separator) {
      this.names = names.toArray(new String[0]);
      this.separator = separator;
    }

    static JoinedLabels of(RelabelRule rule) {
      return new JoinedLabels(rule.sourceLabels(), rule.separator());
    }

    /** Returns their joined values. */
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

  /** Matches texts against a rule's regex; the result for a repeated text is cached. */
  private static final class CachedMatcher {
    private final ValueMatcher matcher;
    private final @Nullable ResultCache<Boolean> memo;

    CachedMatcher(RelabelRule rule, int remembered) {
      matcher = ValueMatcher.of(rule.compiled(), false);
      memo = matcher.isCheap() ? null : new ResultCache<>(remembered, matcher::matches);
    }

    boolean matches(String text) {
      return memo == null ? matcher.matches(text) : memo.get(text);
    }

    /** Returns all texts that match, if they can be listed, otherwise an empty set. */
    Set<String> literals() {
      return matcher.literals();
    }
  }

  /** The actions keep and drop. */
  private static final class KeepOrDrop extends Decision {
    private final List<String> names;
    private final String separator;
    private final CachedMatcher question;
    private final boolean keep;

    KeepOrDrop(RelabelRule rule) {
      super(JoinedLabels.of(rule));
      names = rule.sourceLabels();
      separator = rule.separator();
      question = new CachedMatcher(rule, REMEMBERED_VALUES);
      keep = rule.action() == Action.KEEP;
    }

    @Override
    boolean keeps(LabelView labels) {
      return question.matches(value(labels)) == keep;
    }

    @Override
    Optional<RequiredValues> requiredValues(Set<String> guards) {
      Set<String> values = question.literals();
      return keep && !values.isEmpty()
          ? Optional.of(new RequiredValues(names, separator, values, guards))
          : Optional.empty();
    }
  }

  /** The actions keepequal and dropequal. */
  private static final class KeepOrDropEqual extends Decision {
    private final String target;
    private final boolean keep;

    KeepOrDropEqual(RelabelRule rule) {
      super(JoinedLabels.of(rule));
      target = rule.targetLabel();
      keep = rule.action() == Action.KEEPEQUAL;
    }

    @Override
    boolean keeps(LabelView labels) {
      return labels.get(target).equals(value(labels)) == keep;
    }
  }

  /** The action replace. */
  private static final class Replace extends RelabelAction {
    /** The name and the value to write for a source value; an empty name writes nothing. */
    private record Assignment(String name, String value) {
      static final Assignment NOTHING = new Assignment("", "");
    }

    private final ValueMatcher matcher;
    private final boolean withGroups;
    private final int slots;
    private final ReplacementTemplate target;
    private final ReplacementTemplate replacement;
    private final NameValidation names;
    private final @Nullable ResultCache<Assignment> memo;

    Replace(RelabelRule rule) {
      super(JoinedLabels.of(rule));
      target = rule.target();
      replacement = rule.replacementTemplate();
      names = rule.names();
      slots = 2 * rule.compiled().groupNames().size();
      withGroups = !target.isConstant() || !replacement.isConstant();
      matcher = ValueMatcher.of(rule.compiled(), withGroups);
      memo = matcher.isCheap() ? null : new ResultCache<>(REMEMBERED_VALUES, this::written);
    }

    private boolean find(String value, int[] groups) {
      return withGroups ? matcher.find(value, groups) : matcher.matches(value);
    }

    private Assignment written(String value) {
      int[] groups = new int[slots];
      if (!find(value, groups)) {
        return Assignment.NOTHING;
      }
      String name = target.expand(value, groups);
      return names.isValidLabelName(name)
          ? new Assignment(name, replacement.expand(value, groups))
          : Assignment.NOTHING;
    }

    @Override
    boolean apply(WorkingLabels labels) {
      String value = value(labels);
      if (memo != null) {
        Assignment written = memo.get(value);
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

  /** The actions hashmod, lowercase and uppercase. */
  private static final class ComputeValue extends RelabelAction {
    private final String target;
    private final UnaryOperator<String> function;

    ComputeValue(RelabelRule rule, UnaryOperator<String> function) {
      super(JoinedLabels.of(rule));
      target = rule.targetLabel();
      this.function = function;
    }

    @Override
    boolean apply(WorkingLabels labels) {
      String value = function.apply(value(labels));
      RuleLimitException.check(value.length(), RuleLimitException.COMPUTED);
      labels.set(target, value);
      return true;
    }
  }

  /**
   * The action labelmap. Names repeat from target to target, so the result for each name is cached
   * and shared.
   */
  private static final class LabelMap extends RelabelAction {
    private final RelabelRule rule;
    private final ValueMatcher matcher;
    private final ResultCache<Optional<String>> memo =
        new ResultCache<>(REMEMBERED_NAMES, this::mappedName);

    LabelMap(RelabelRule rule) {
      super(JoinedLabels.NONE);
      this.rule = rule;
      matcher = ValueMatcher.of(rule.compiled(), false);
    }

    private Optional<String> mappedName(String name) {
      return rule.compiled().matches(name)
          ? Optional.of(rule.compiled().replaceAll(name, rule.replacementTemplate()))
          : Optional.empty();
    }

    private @Nullable String newName(String name) {
      return matcher.isCheap() && !matcher.matches(name) ? null : memo.get(name).orElse(null);
    }

    @Override
    boolean apply(WorkingLabels labels) {
      labels.copyRenamed(this::newName);
      return true;
    }
  }

  /** The actions labeldrop and labelkeep. */
  private static final class LabelDropOrKeep extends RelabelAction {
    private final CachedMatcher question;
    private final boolean keep;

    LabelDropOrKeep(RelabelRule rule) {
      super(JoinedLabels.NONE);
      question = new CachedMatcher(rule, REMEMBERED_NAMES);
      keep = rule.action() == Action.LABELKEEP;
    }

    @Override
    boolean apply(WorkingLabels labels) {
      labels.removeIf(name -> question.matches(name) != keep);
      return true;
    }
  }
}
