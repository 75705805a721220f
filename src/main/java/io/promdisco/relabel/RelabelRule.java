package io.promdisco.relabel;

import com.google.re2j.Pattern;
import io.promdisco.Internal;
import io.promdisco.model.NameValidation;
import io.promdisco.model.Position;
import io.promdisco.model.SpellingSuggestions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A checked and compiled relabel rule. Equality ignores the position. Immutable; safe for all
 * threads.
 *
 * @see <a
 *     href="https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config">
 *     relabel_config</a>
 */
public final class RelabelRule {
  static final String DEFAULT_SEPARATOR = ";";
  static final String DEFAULT_REGEX = "(.*)";
  static final String DEFAULT_REPLACEMENT = "$1";

  private static final Pattern LEGACY_TEMPLATE =
      Pattern.compile("^(?:(?:[a-zA-Z_]|\\$(?:\\{\\w+\\}|\\w+))+\\w*)+$");

  /** The action of a rule. */
  public enum Action {
    /** Writes the target label if the regex matches. */
    REPLACE,
    /** Drops the target unless the regex matches. */
    KEEP,
    /** Drops the target if the regex matches. */
    DROP,
    /** Drops the target unless the joined value equals the target label's. */
    KEEPEQUAL,
    /** Drops the target if the joined value equals the target label's. */
    DROPEQUAL,
    /** Writes a hash of the joined value modulo a number. */
    HASHMOD,
    /** Copies labels whose names match. */
    LABELMAP,
    /** Removes labels whose names match. */
    LABELDROP,
    /** Removes labels whose names do not match. */
    LABELKEEP,
    /** Writes the joined value in lower case. */
    LOWERCASE,
    /** Writes the joined value in upper case. */
    UPPERCASE;

    private static final List<String> TEXTS = Arrays.stream(values()).map(Action::text).toList();

    /** The name in the configuration. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Returns {@code ; did you mean "drop"?} if a name is near, or else an empty string. */
    private static String hint(String text) {
      return SpellingSuggestions.hint(text.replace("_", ""), TEXTS);
    }

    static @Nullable Action of(String text) {
      for (Action action : values()) {
        if (action.text().equals(CaseMapping.lower(text))) {
          return action;
        }
      }
      return null;
    }
  }

  private static final Set<Action> WITH_TARGET =
      EnumSet.of(
          Action.REPLACE,
          Action.HASHMOD,
          Action.LOWERCASE,
          Action.UPPERCASE,
          Action.KEEPEQUAL,
          Action.DROPEQUAL);
  private static final Set<Action> WITHOUT_REPLACEMENT =
      EnumSet.of(Action.LOWERCASE, Action.UPPERCASE, Action.KEEPEQUAL, Action.DROPEQUAL);

  private final Action action;
  private final List<String> sourceLabels;
  private final String separator;
  private final Regex regex;
  private final boolean defaultRegex;
  private final long modulus;
  private final ReplacementTemplate target;
  private final ReplacementTemplate replacement;
  private final NameValidation names;
  private final @Nullable Position position;

  private RelabelRule(RelabelSpec spec, Action action, Regex regex, NameValidation names) {
    this.action = action;
    this.regex = regex;
    this.names = names;
    defaultRegex = spec.regex() == null;
    sourceLabels = spec.sourceLabels() == null ? List.of() : List.copyOf(spec.sourceLabels());
    separator = orDefault(spec.separator(), DEFAULT_SEPARATOR);
    modulus = spec.modulus() == null ? 0 : spec.modulus();
    target = ReplacementTemplate.parse(orDefault(spec.targetLabel(), ""), regex.groupNames());
    replacement =
        ReplacementTemplate.parse(
            orDefault(spec.replacement(), DEFAULT_REPLACEMENT), regex.groupNames());
    position = spec.position();
  }

  private static String orDefault(@Nullable String value, String otherwise) {
    return value == null ? otherwise : value;
  }

  /**
   * Checks and compiles a rule as Prometheus does. Does not check the names of source labels,
   * because a file may contain an empty one.
   *
   * @param names which names the rule may write
   * @param problems receives each problem: the field as in the configuration (empty for the rule as
   *     a whole), and what is wrong
   * @return the rule; empty if there was a problem
   */
  @Internal
  public static Optional<RelabelRule> compile(
      RelabelSpec spec, NameValidation names, BiConsumer<String, String> problems) {
    boolean[] failed = {false};
    BiConsumer<String, String> noting =
        (field, message) -> {
          failed[0] = true;
          problems.accept(field, message);
        };
    Action action = action(spec, noting);
    Regex regex = regex(spec, noting);
    if (action != null) {
      check(spec, action, names, noting);
    }
    if (failed[0] || action == null || regex == null) {
      return Optional.empty();
    }
    return Optional.of(new RelabelRule(spec, action, regex, names));
  }

  /** Returns a builder of a rule with the action replace and the default of every setting. */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds a rule. Settings that are not set have their default. */
  public static final class Builder {
    private @Nullable List<String> sourceLabels;
    private @Nullable String separator;
    private @Nullable String regex;
    private @Nullable Long modulus;
    private @Nullable String targetLabel;
    private @Nullable String replacement;
    private Action action = Action.REPLACE;
    private NameValidation nameValidation = NameValidation.UTF8;

    private Builder() {}

    /** The labels whose values are joined. Default: none. */
    public Builder sourceLabels(String... sourceLabels) {
      this.sourceLabels = List.of(sourceLabels);
      return this;
    }

    /** The text between the joined values. Default: {@code ;}. */
    public Builder separator(String separator) {
      this.separator = Objects.requireNonNull(separator, "separator");
      return this;
    }

    /** The RE2 regex that must match the whole joined value. Default: {@code (.*)}. */
    public Builder regex(String regex) {
      this.regex = Objects.requireNonNull(regex, "regex");
      return this;
    }

    /** The modulus of {@link Action#HASHMOD}, an unsigned number. */
    public Builder modulus(long modulus) {
      this.modulus = modulus;
      return this;
    }

    /** The label that is written or compared. Default: none. */
    public Builder targetLabel(String targetLabel) {
      this.targetLabel = Objects.requireNonNull(targetLabel, "targetLabel");
      return this;
    }

    /** The template of the value to write. Default: {@code $1}. */
    public Builder replacement(String replacement) {
      this.replacement = Objects.requireNonNull(replacement, "replacement");
      return this;
    }

    /** The action of the rule. Default: {@link Action#REPLACE}. */
    public Builder action(Action action) {
      this.action = Objects.requireNonNull(action, "action");
      return this;
    }

    /** Which names the rule may write. Default: {@link NameValidation#UTF8}. */
    public Builder nameValidation(NameValidation nameValidation) {
      this.nameValidation = Objects.requireNonNull(nameValidation, "nameValidation");
      return this;
    }

    /**
     * Returns the rule, after the same checks as for a file.
     *
     * @throws IllegalArgumentException with a line for each mistake
     */
    public RelabelRule build() {
      RelabelSpec spec =
          new RelabelSpec(
              sourceLabels,
              separator,
              regex,
              modulus,
              targetLabel,
              replacement,
              action.text(),
              null);
      List<String> problems = new ArrayList<>();
      for (String source : sourceLabels == null ? List.<String>of() : sourceLabels) {
        if (!NameValidation.UTF8.isValidLabelName(source)) {
          problems.add("source_labels: " + QuotedText.of(source) + " is not a valid label name");
        }
      }
      return compile(
              spec,
              nameValidation,
              (field, message) -> problems.add(field.isEmpty() ? message : field + ": " + message))
          .filter(rule -> problems.isEmpty())
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "relabelling rule: " + String.join("\nrelabelling rule: ", problems)));
    }
  }

  private static @Nullable Action action(RelabelSpec spec, BiConsumer<String, String> problems) {
    if (spec.action() == null) {
      return Action.REPLACE;
    }
    Action action = Action.of(spec.action());
    if (action == null) {
      problems.accept(
          "action",
          "unknown relabel action "
              + QuotedText.of(spec.action())
              + " (expected: one of "
              + String.join(", ", Action.TEXTS)
              + ")"
              + Action.hint(spec.action()));
    }
    return action;
  }

  /** Returns what is wrong with a regex of a rule, as in Go; empty if it is valid. */
  @Internal
  public static Optional<String> regexProblem(String regex) {
    try {
      Regex.compile(regex);
      return Optional.empty();
    } catch (RegexException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** About how many instructions a regex needs; 0 if it is none. */
  @Internal
  public static long regexSize(String regex) {
    try {
      return GoRegexSyntax.translate(regex).size();
    } catch (RegexException e) {
      return 0;
    }
  }

  private static @Nullable Regex regex(RelabelSpec spec, BiConsumer<String, String> problems) {
    try {
      return Regex.compile(orDefault(spec.regex(), DEFAULT_REGEX));
    } catch (RegexException e) {
      problems.accept("regex", e.getMessage() + " (expected: RE2 syntax)");
      return null;
    }
  }

  private static void check(
      RelabelSpec spec, Action action, NameValidation names, BiConsumer<String, String> problems) {
    String target = orDefault(spec.targetLabel(), "");
    String replacement = orDefault(spec.replacement(), DEFAULT_REPLACEMENT);
    boolean plainReplacement = replacement.equals(DEFAULT_REPLACEMENT);
    if (action == Action.HASHMOD && (spec.modulus() == null || spec.modulus() == 0)) {
      problems.accept("modulus", "relabel configuration for hashmod requires non-zero modulus");
    }
    if (WITH_TARGET.contains(action)) {
      if (target.isEmpty()) {
        problems.accept(
            "target_label",
            "relabel configuration for " + action.text() + " action requires 'target_label' value");
      } else if (!isValidTarget(action, target, names)) {
        problems.accept("target_label", invalid(target, "target_label", action, names));
      }
    }
    if (action == Action.LABELMAP && !isValidTemplate(replacement, names)) {
      problems.accept("replacement", invalid(replacement, "replacement", action, names));
    }
    if (WITHOUT_REPLACEMENT.contains(action) && !plainReplacement) {
      problems.accept(
          "replacement", "'replacement' can not be set for " + action.text() + " action");
    }
    boolean plainRest =
        (spec.modulus() == null || spec.modulus() == 0)
            && orDefault(spec.separator(), DEFAULT_SEPARATOR).equals(DEFAULT_SEPARATOR);
    if ((action == Action.KEEPEQUAL || action == Action.DROPEQUAL)
        && (!plainRest || spec.regex() != null)) {
      problems.accept(
          "",
          action.text()
              + " action requires only 'source_labels' and `target_label`, and no other fields");
    }
    if ((action == Action.LABELDROP || action == Action.LABELKEEP)
        && (!plainRest || !plainReplacement || spec.sourceLabels() != null || !target.isEmpty())) {
      problems.accept("", action.text() + " action requires only 'regex', and no other fields");
    }
  }

  private static boolean isValidTarget(Action action, String target, NameValidation names) {
    return (action == Action.REPLACE && target.indexOf('$') >= 0)
        ? isValidTemplate(target, names)
        : names.isValidLabelName(target);
  }

  private static boolean isValidTemplate(String template, NameValidation names) {
    return names == NameValidation.UTF8
        ? names.isValidLabelName(template)
        : LEGACY_TEMPLATE.matcher(template).find();
  }

  private static String invalid(String value, String field, Action action, NameValidation names) {
    return QuotedText.of(value)
        + " is invalid '"
        + field
        + "' for "
        + action.text()
        + " action (expected: "
        + (names == NameValidation.UTF8
            ? "a name in UTF-8 that is not empty"
            : "letters, digits and _, with no digit first")
        + ")";
  }

  /** The action of the rule. */
  public Action action() {
    return action;
  }

  /** The labels whose values are joined. */
  public List<String> sourceLabels() {
    return sourceLabels;
  }

  /** The text between the joined values; {@code ;} by default. */
  public String separator() {
    return separator;
  }

  /** The regex as written, without anchors; {@code (.*)} by default. */
  public String regex() {
    return regex.text();
  }

  /** Whether the regex was left to its default. */
  public boolean hasDefaultRegex() {
    return defaultRegex;
  }

  /** The modulus of {@code hashmod}: an unsigned number, 0 by default. */
  public long modulus() {
    return modulus;
  }

  /** The label that is written or compared; for {@code replace}, a template. Empty by default. */
  public String targetLabel() {
    return target.text();
  }

  /** The template of the value to write; {@code $1} by default. */
  public String replacement() {
    return replacement.text();
  }

  /** The place of the rule, if it comes from a file. */
  public Optional<Position> position() {
    return Optional.ofNullable(position);
  }

  /** Whether the regex matches the whole text. */
  public boolean matches(String text) {
    return regex.matches(text);
  }

  /**
   * The texts that the regex matches, if it consists of plain alternatives like {@code a|b};
   * otherwise empty.
   */
  public Optional<List<String>> literals() {
    return Optional.ofNullable(LiteralPattern.pathsOf(regex())).flatMap(LiteralPattern::texts);
  }

  Regex compiled() {
    return regex;
  }

  ReplacementTemplate target() {
    return target;
  }

  ReplacementTemplate replacementTemplate() {
    return replacement;
  }

  NameValidation names() {
    return names;
  }

  /** Which names the rule may write. */
  public NameValidation nameValidation() {
    return names;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RelabelRule rule
        && action == rule.action
        && sourceLabels.equals(rule.sourceLabels)
        && separator.equals(rule.separator)
        && regex().equals(rule.regex())
        && modulus == rule.modulus
        && targetLabel().equals(rule.targetLabel())
        && replacement().equals(rule.replacement())
        && names == rule.names;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        action, sourceLabels, separator, regex(), modulus, targetLabel(), replacement(), names);
  }

  /** Returns the rule on one line: its action, and the settings that are not defaults. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(action.text());
    if (!sourceLabels.isEmpty()) {
      out.append(" source_labels=").append(sourceLabels);
    }
    if (!separator.equals(DEFAULT_SEPARATOR)) {
      out.append(" separator=").append(QuotedText.of(separator));
    }
    if (!regex().equals(DEFAULT_REGEX)) {
      out.append(" regex=").append(QuotedText.of(regex()));
    }
    if (action == Action.HASHMOD) {
      out.append(" modulus=").append(Long.toUnsignedString(modulus));
    }
    if (!targetLabel().isEmpty()) {
      out.append(" target_label=").append(targetLabel());
    }
    if (!replacement().equals(DEFAULT_REPLACEMENT)) {
      out.append(" replacement=").append(QuotedText.of(replacement()));
    }
    return out.toString();
  }
}
