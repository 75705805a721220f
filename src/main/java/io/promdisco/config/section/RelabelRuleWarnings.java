package io.promdisco.config.section;

import io.promdisco.config.ProblemKind;
import io.promdisco.config.yaml.Section;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelRule.Action;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Warns about settings of a relabel rule that have no effect. */
final class RelabelRuleWarnings {
  /** Settings that Prometheus accepts and ignores for each action; other actions reject them. */
  private static final Map<Action, List<String>> IGNORED = new EnumMap<>(Action.class);

  static {
    List<String> written = List.of("target_label", "replacement", "modulus");
    IGNORED.put(Action.KEEP, written);
    IGNORED.put(Action.DROP, written);
    IGNORED.put(Action.REPLACE, List.of("modulus"));
    IGNORED.put(Action.HASHMOD, List.of("regex", "replacement"));
    IGNORED.put(Action.LABELMAP, List.of("source_labels", "separator", "target_label", "modulus"));
    IGNORED.put(Action.LOWERCASE, List.of("regex", "modulus"));
    IGNORED.put(Action.UPPERCASE, List.of("regex", "modulus"));
  }

  /** A number followed directly by text. Go takes both as the name of a group: {@code $1_total}. */
  private static final Pattern SWALLOWED = Pattern.compile("\\$([0-9]+)([A-Za-z_][A-Za-z0-9_]*)");

  /** A doubled dollar sign before a group, as OpenTelemetry Collector requires it. */
  private static final Pattern DOUBLED = Pattern.compile("\\$\\$(?=[0-9{])");

  private RelabelRuleWarnings() {}

  static void report(Section section, RelabelRule rule) {
    for (String key : IGNORED.getOrDefault(rule.action(), List.of())) {
      if (section.hasValue(key)) {
        section.warn(
            key,
            ProblemKind.NO_EFFECT,
            "ignored by action " + rule.action().text() + " (expected: no such key)");
      }
    }
    if (rule.action() == Action.REPLACE || rule.action() == Action.LABELMAP) {
      template(section, "replacement", rule.replacement(), rule.regex());
    }
    if (rule.action() == Action.REPLACE) {
      template(section, "target_label", rule.targetLabel(), rule.regex());
    }
  }

  private static void template(Section section, String key, String text, String regex) {
    Matcher doubled = DOUBLED.matcher(text);
    if (doubled.find()) {
      section.warn(
          key,
          "\"$$\" is a literal dollar sign, not a group; did you mean \""
              + doubled.replaceAll("\\$")
              + "\"?");
      return;
    }
    Matcher matcher = SWALLOWED.matcher(text);
    if (!matcher.find()) {
      return;
    }
    String name = matcher.group(1) + matcher.group(2);
    boolean escaped = matcher.start() > 0 && text.charAt(matcher.start() - 1) == '$';
    if (!escaped && !regex.contains("<" + name + ">")) {
      section.warn(
          key,
          matcher.group()
              + " is the group called \""
              + name
              + "\", hence empty; did you mean \"${"
              + matcher.group(1)
              + "}"
              + matcher.group(2)
              + "\"?");
    }
  }
}
