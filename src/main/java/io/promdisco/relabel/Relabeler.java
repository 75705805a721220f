package io.promdisco.relabel;

import io.promdisco.Internal;
import io.promdisco.model.Labels;
import io.promdisco.relabel.RelabelAction.Decision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The compiled rules of a job. Decides as much as possible before it copies labels ({@link
 * RuleHoisting}), uses the regex engine only for regexes that need it, and caches its results. The
 * outcome is that of applying the rules in order.
 *
 * <p>Safe for all threads, but efficient for one: when several threads use it at the same time, all
 * but one allocate their own working memory. The caches are bounded: for each rule that needs one,
 * 1,024 values or 4,096 label names.
 */
public final class Relabeler {
  private final List<RelabelRule> rules;
  private final Decision[] leading;
  private final Hoisted[] hoisted;
  private final RelabelAction[] rest;
  private final List<RequiredValues> requiredValues;

  /** The working memory while no thread uses it. */
  private final AtomicReference<@Nullable WorkingLabels> spare = new AtomicReference<>();

  /** Compiles {@code rules}. */
  public Relabeler(List<RelabelRule> rules) {
    this.rules = List.copyOf(rules);
    RelabelAction[] steps = rules.stream().map(RelabelAction::of).toArray(RelabelAction[]::new);
    int decisions = 0;
    while (decisions < steps.length && steps[decisions] instanceof Decision) {
      decisions++;
    }
    leading = Arrays.copyOf(steps, decisions, Decision[].class);
    rest = Arrays.copyOfRange(steps, decisions, steps.length);
    RuleHoisting hoisting = new RuleHoisting(rules);
    List<Hoisted> early = new ArrayList<>();
    List<RequiredValues> all = new ArrayList<>();
    for (int i = 0; i < steps.length; i++) {
      if (steps[i] instanceof Decision decision) {
        Optional<Set<String>> guards = hoisting.guards(i);
        if (guards.isPresent()) {
          decision.requiredValues(guards.get()).ifPresent(all::add);
          if (i >= decisions) {
            early.add(new Hoisted(decision, List.copyOf(guards.get())));
          }
        }
      }
    }
    hoisted = early.toArray(new Hoisted[0]);
    requiredValues = List.copyOf(all);
  }

  /** A decision that may be made early for targets without the guards. */
  private record Hoisted(Decision decision, List<String> guards) {
    boolean drops(LabelView discovered) {
      for (String guard : guards) {
        if (!discovered.get(guard).isEmpty()) {
          return false;
        }
      }
      try {
        return !decision.keeps(discovered);
      } catch (RuleLimitException e) {
        return false; // The problem is reported when it is the rule's turn.
      }
    }
  }

  /** Returns the values that these rules require of a target, as far as they can be listed. */
  @Internal
  public List<RequiredValues> requiredValues() {
    return requiredValues;
  }

  /**
   * Returns the labels after all rules, sorted, without empty ones: {@link #apply(LabelView)} for a
   * label set, for example that of a scraped sample with its name as {@code __name__}.
   *
   * @return empty if a rule dropped it
   */
  public Optional<Labels> apply(Labels labels) {
    return Optional.ofNullable(apply(LabelView.of(labels)));
  }

  /**
   * Returns the labels after all rules, sorted, without empty ones.
   *
   * @return null if a rule dropped the target
   * @throws RelabelLimitException if no rule dropped the target and a rule would have exceeded a
   *     limit
   */
  @Internal
  public @Nullable Labels apply(LabelView discovered) {
    RelabelLimitException beyond = null;
    for (int i = 0; i < leading.length; i++) {
      try {
        if (!leading[i].keeps(discovered)) {
          return null;
        }
      } catch (RuleLimitException e) {
        beyond = RelabelLimitException.first(beyond, rules, i, e);
      }
    }
    for (Hoisted early : hoisted) {
      if (early.drops(discovered)) {
        return null;
      }
    }
    WorkingLabels set = spare.getAndSet(null);
    if (set == null) {
      set = new WorkingLabels();
    }
    set.begin(discovered);
    try {
      for (int i = 0; i < rest.length; i++) {
        try {
          if (!rest[i].apply(set)) {
            return null;
          }
        } catch (RuleLimitException e) {
          beyond = RelabelLimitException.first(beyond, rules, leading.length + i, e);
        }
      }
      if (beyond != null) {
        throw beyond;
      }
      return set.toLabels();
    } finally {
      set.end();
      spare.set(set);
    }
  }
}
