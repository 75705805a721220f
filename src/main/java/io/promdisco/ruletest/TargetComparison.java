package io.promdisco.ruletest;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.relabel.RelabelTrace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Assigns targets to the expectations of a test. */
final class TargetComparison {
  private final RuleTest test;
  private final ScrapeConfig job;
  private final List<FoundTarget> found;
  private final List<FoundTarget> active;

  /** For each expectation the matching target; a target matches only one expectation. */
  private final @Nullable FoundTarget[] matches;

  /** For each expectation without a match, a similar target. */
  private final @Nullable FoundTarget[] nearest;

  private final List<FoundTarget> unexpected = new ArrayList<>();

  TargetComparison(RuleTest test, ScrapeConfig job, List<FoundTarget> found) {
    this.test = test;
    this.job = job;
    this.found = found;
    active = found.stream().filter(target -> target.state() == FoundTarget.State.ACTIVE).toList();
    matches = matched(test.expected(), active);
    nearest = new FoundTarget[matches.length];
    Set<FoundTarget> left = new HashSet<>(active);
    Arrays.asList(matches).forEach(left::remove);
    for (int i = 0; i < matches.length; i++) {
      if (matches[i] == null) {
        nearest[i] = nearest(test.expected().get(i), left);
        left.remove(nearest[i]);
      }
    }
    if (test.exact()) {
      active.stream().filter(left::contains).forEach(unexpected::add);
    }
  }

  /**
   * Assigns targets to as many expectations as possible: an expectation may take the target of
   * another one, which then looks for a different target (Kuhn's algorithm).
   */
  private static @Nullable FoundTarget[] matched(
      List<ExpectedTarget> expected, List<FoundTarget> active) {
    Map<FoundTarget, Integer> taken = new HashMap<>();
    for (int i = 0; i < expected.size(); i++) {
      settle(i, expected, active, taken, new HashSet<>());
    }
    @Nullable FoundTarget[] matches = new FoundTarget[expected.size()];
    taken.forEach((target, index) -> matches[index] = target);
    return matches;
  }

  private static boolean settle(
      int index,
      List<ExpectedTarget> expected,
      List<FoundTarget> active,
      Map<FoundTarget, Integer> taken,
      Set<FoundTarget> tried) {
    for (FoundTarget target : active) {
      if (expected.get(index).matches(target) && tried.add(target)) {
        Integer owner = taken.get(target);
        if (owner == null || settle(owner, expected, active, taken, tried)) {
          taken.put(target, index);
          return true;
        }
      }
    }
    return false;
  }

  private @Nullable FoundTarget nearest(ExpectedTarget expected, Set<FoundTarget> left) {
    return active.stream()
        .filter(left::contains)
        .filter(target -> target.has(expected.discovered()))
        .filter(target -> !expected.discovered().isEmpty() || expected.agreesSomewhere(target))
        .min(Comparator.comparingInt(target -> expected.differences(target).size()))
        .orElse(null);
  }

  RuleTest test() {
    return test;
  }

  /** Returns all discovered targets. */
  List<FoundTarget> found() {
    return found;
  }

  /** Returns the target that matches the expectation. */
  Optional<FoundTarget> match(int index) {
    return Optional.ofNullable(matches[index]);
  }

  /** Returns a target that is similar to the expectation, if none matches. */
  Optional<FoundTarget> nearest(int index) {
    return Optional.ofNullable(nearest[index]);
  }

  /** Returns active targets without an expectation, if these are forbidden. */
  List<FoundTarget> unexpected() {
    return unexpected;
  }

  /** Returns every target that an expected drop applies to. */
  List<FoundTarget> matching(ExpectedDrop expected) {
    return found.stream().filter(target -> target.has(expected.discovered())).toList();
  }

  /** Returns the rule that drops a target. */
  Optional<RelabelTrace.Step> dropping(FoundTarget target) {
    return target.state() == FoundTarget.State.DROPPED
        ? RelabelTrace.of(job.relabelRules(), target.discovered()).dropped()
        : Optional.empty();
  }

  /** Whether a target is dropped as expected. */
  boolean isDropped(ExpectedDrop expected, FoundTarget target) {
    return dropping(target).map(expected::isBy).orElse(false);
  }
}
