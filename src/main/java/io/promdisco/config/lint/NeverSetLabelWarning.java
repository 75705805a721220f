package io.promdisco.config.lint;

import com.google.re2j.Pattern;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.section.LocatedJob;
import io.promdisco.config.yaml.Section;
import io.promdisco.model.Labels;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelRule.Action;
import io.promdisco.relabel.Relabeler;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds rules that read only meta labels which no source of the job sets, so that they have no
 * effect, or the same effect on every target. Ignores rules that also read other labels, and rules
 * that test whether a label is missing.
 */
final class NeverSetLabelWarning implements RuleCheck {
  private static final String META = "__meta_";

  /** A placeholder for the previous value of a label. */
  private static final String BEFORE = "before";

  private static final Set<Action> READING =
      EnumSet.of(
          Action.KEEP,
          Action.DROP,
          Action.REPLACE,
          Action.HASHMOD,
          Action.LOWERCASE,
          Action.UPPERCASE);

  @Override
  public List<RuleWarning> warnings(LocatedJob job) {
    List<RuleWarning> findings = new ArrayList<>();
    if (job.config().sdConfigs().isEmpty()) {
      return findings;
    }
    PossibleLabels labels = PossibleLabels.of(job.config());
    for (int i = 0; i < job.rules().size(); i++) {
      RelabelRule rule = job.config().relabelRules().get(i);
      Section section = job.rules().get(i);
      if (rule.action() == Action.LABELMAP) {
        String beginning = PossibleLabels.beginning(rule);
        if (beginning != null && beginning.startsWith(META) && !labels.mayHaveFamily(beginning)) {
          String message = "no source of this job sets a label that begins with " + beginning;
          findings.add(new RuleWarning(section, "regex", ProblemKind.LABEL_NEVER_SET, message));
        }
      } else if (READING.contains(rule.action())) {
        String message = message(rule, labels);
        if (message != null) {
          findings.add(
              new RuleWarning(section, "source_labels", ProblemKind.LABEL_NEVER_SET, message));
        }
      }
      labels.after(rule);
    }
    return findings;
  }

  private static @Nullable String message(RelabelRule rule, PossibleLabels labels) {
    List<String> missing =
        rule.sourceLabels().stream().filter(name -> !labels.mayHave(name)).toList();
    if (missing.stream().noneMatch(name -> name.startsWith(META))) {
      return null;
    }
    String effect =
        missing.size() == rule.sourceLabels().size()
            ? effectOnAll(rule)
            : neverMatches(rule, missing) ? withoutMatch(rule) : null;
    if (effect == null) {
      return null;
    }
    return missing.stream()
        .distinct()
        .map(name -> name + hint(name, labels))
        .collect(Collectors.joining(", ", "no source of this job sets ", ", so " + effect));
  }

  private static String hint(String name, PossibleLabels labels) {
    String setBy = SourceLabels.setBy(name);
    return setBy.isEmpty() ? Problem.hint(name, labels.exact()) : " (" + setBy + ")";
  }

  /**
   * Returns what a rule does to every target if all labels that it reads are missing; null if the
   * rule is useful.
   */
  private static @Nullable String effectOnAll(RelabelRule rule) {
    String target = rule.targetLabel();
    return switch (rule.action()) {
      case KEEP -> run(rule, Labels.EMPTY).isPresent() ? null : "every target is dropped";
      case DROP ->
          run(rule, Labels.EMPTY).isPresent() ? "nothing is dropped" : "every target is dropped";
      case HASHMOD -> "every target gets the same " + target;
      case LOWERCASE, UPPERCASE -> "there is nothing to write to " + target;
      default -> writes(rule, target) ? null : "there is nothing to write to " + target;
    };
  }

  private static boolean writes(RelabelRule rule, String target) {
    if (target.indexOf('$') >= 0) {
      return true;
    }
    String after = run(rule, Labels.of(target, BEFORE)).orElse(Labels.EMPTY).getOrEmpty(target);
    return !after.isEmpty() && !after.equals(BEFORE);
  }

  private static Optional<Labels> run(RelabelRule rule, Labels labels) {
    return new Relabeler(List.of(rule)).apply(labels);
  }

  /** Whether every text that the rule matches needs a label that is missing. */
  private static boolean neverMatches(RelabelRule rule, List<String> missing) {
    if (rule.action() == Action.HASHMOD
        || rule.action() == Action.LOWERCASE
        || rule.action() == Action.UPPERCASE) {
      return false;
    }
    Pattern possible =
        Pattern.compile(
            rule.sourceLabels().stream()
                .map(name -> missing.contains(name) ? "" : ".*")
                .collect(Collectors.joining(Pattern.quote(rule.separator()))),
            Pattern.DOTALL);
    return rule.literals()
        .map(texts -> texts.stream().noneMatch(text -> possible.matcher(text).matches()))
        .orElse(false);
  }

  private static String withoutMatch(RelabelRule rule) {
    return switch (rule.action()) {
      case KEEP -> "every target is dropped";
      case DROP -> "nothing is dropped";
      default -> "the rule never matches";
    };
  }
}
