package io.promdisco.ruletest;

import io.promdisco.model.Labels;
import io.promdisco.model.Position;
import io.promdisco.relabel.RelabelTrace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** Describes the result of a comparison. */
final class ComparisonFindings {
  private final TargetComparison comparison;
  private final RuleTest test;
  private final List<Finding> findings = new ArrayList<>();

  private ComparisonFindings(TargetComparison comparison) {
    this.comparison = comparison;
    test = comparison.test();
  }

  /** Returns everything that differs from the expectation, in the order of the test. */
  static List<Finding> of(TargetComparison comparison) {
    ComparisonFindings verdict = new ComparisonFindings(comparison);
    for (int i = 0; i < verdict.test.expected().size(); i++) {
      if (comparison.match(i).isEmpty()) {
        verdict.missing(i, verdict.test.expected().get(i));
      }
    }
    comparison.unexpected().forEach(verdict::unexpected);
    for (int i = 0; i < verdict.test.dropped().size(); i++) {
      verdict.dropped(i, verdict.test.dropped().get(i));
    }
    return verdict.findings;
  }

  private void missing(int index, ExpectedTarget expected) {
    Optional<FoundTarget> nearest = comparison.nearest(index);
    String message;
    if (nearest.isPresent()) {
      message = nearest.get().name() + " is different";
    } else {
      Optional<FoundTarget> lost =
          expected.discovered().isEmpty()
              ? Optional.empty()
              : comparison.found().stream()
                  .filter(target -> target.state() != FoundTarget.State.ACTIVE)
                  .filter(target -> target.has(expected.discovered()))
                  .findFirst();
      message = lost.map(this::fate).orElseGet(this::noSuchTarget);
    }
    add(
        Finding.Kind.MISSING,
        "expect[" + index + "]: " + message,
        expected.position(),
        nearest.map(expected::differences).orElse(List.of()));
  }

  private String noSuchTarget() {
    return comparison.found().isEmpty()
        ? "nothing was discovered for job \""
            + test.job()
            + "\" (expected: groups, or manifests for Kubernetes; tests contact no server and no"
            + " DNS)"
        : "no active target of job \"" + test.job() + "\" matches";
  }

  private void unexpected(FoundTarget target) {
    add(
        Finding.Kind.UNEXPECTED,
        "exact: " + target.name() + " is not expected: " + text(target.labels()),
        test.position(),
        List.of());
  }

  private void dropped(int index, ExpectedDrop expected) {
    String what = "dropped[" + index + "]: ";
    List<FoundTarget> matching = comparison.matching(expected);
    if (matching.isEmpty()) {
      add(
          Finding.Kind.NOT_DROPPED,
          what + "no such target was discovered",
          expected.position(),
          List.of());
    }
    matching.stream()
        .filter(target -> !comparison.isDropped(expected, target))
        .findFirst()
        .ifPresent(
            target ->
                add(
                    Finding.Kind.NOT_DROPPED,
                    what + fate(target) + " (expected: dropped by " + expected.ruleText() + ")",
                    expected.position(),
                    List.of()));
  }

  /** Returns the outcome of a target. */
  private String fate(FoundTarget target) {
    return switch (target.state()) {
      case ACTIVE -> target.name() + " is active: " + text(target.labels());
      case FAILED -> target.name() + " cannot be scraped: " + target.message();
      case DROPPED ->
          target.name()
              + " is dropped by "
              + comparison.dropping(target).map(ComparisonFindings::rule).orElse("its rules");
    };
  }

  /** Returns a rule with its place and its source value. */
  private static String rule(RelabelTrace.Step step) {
    return "rule "
        + step.index()
        + step.rule().position().map(at -> " (" + at + ")").orElse("")
        + ", action "
        + step.rule().action().text()
        + " on \""
        + step.value()
        + "\"";
  }

  private static String text(Labels labels) {
    StringJoiner text = new StringJoiner(", ");
    labels.forEach((name, value) -> text.add(name + "=\"" + value + "\""));
    return text.toString();
  }

  private void add(
      Finding.Kind kind, String message, Position position, List<Finding.Difference> differences) {
    findings.add(new Finding(kind, position, message, differences));
  }
}
