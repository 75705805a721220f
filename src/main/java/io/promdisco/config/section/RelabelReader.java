package io.promdisco.config.section;

import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.ConfigScalars;
import io.promdisco.config.yaml.EffectiveSection;
import io.promdisco.config.yaml.Section;
import io.promdisco.model.NameValidation;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelSpec;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads {@code relabel_configs} and {@code metric_relabel_configs}. */
final class RelabelReader {
  private static final String RULE = "relabel_config";
  private static final ConfigPaths NO_PATHS = new ConfigPaths(Path.of(""));

  private static final Setting<List<String>> SOURCE_LABELS =
      Setting.texts("source_labels").checked((rule, key, names) -> checkSources(rule));
  private static final Setting<Optional<String>> SEPARATOR =
      Setting.of("separator", "text", ";", RelabelReader::text).always();
  private static final Setting<Optional<String>> REGEX =
      Setting.of("regex", "regular expression", "(.*)", RelabelReader::regex)
          .shownBy(
              "unless it is the default",
              (to, key, regex) -> regex.ifPresent(text -> to.always(key, text)));
  private static final Setting<BigInteger> MODULUS = Setting.unsigned("modulus");
  private static final Setting<Optional<String>> TARGET_LABEL =
      Setting.of("target_label", "text", "", RelabelReader::text);
  private static final Setting<Optional<String>> REPLACEMENT =
      Setting.of("replacement", "text", "$1", RelabelReader::text).always();
  private static final Setting<Optional<String>> ACTION =
      Setting.of(
              "action",
              Arrays.stream(RelabelRule.Action.values())
                  .map(RelabelRule.Action::text)
                  .collect(Collectors.joining(", ")),
              RelabelRule.Action.REPLACE.text(),
              RelabelReader::action)
          .always();
  static final SectionTable TABLE =
      SectionTable.of(
          RULE, SOURCE_LABELS, SEPARATOR, REGEX, MODULUS, TARGET_LABEL, REPLACEMENT, ACTION);

  private RelabelReader() {}

  /** A rule that is not checked yet, because the job's naming scheme is not known. */
  private record Written(Section section, RelabelSpec spec) {}

  /** The rules under a key, not checked yet. */
  static final class Rules {
    private final List<Written> written;
    private List<RelabelRule> compiled = List.of();

    private Rules(List<Written> written) {
      this.written = written;
    }

    /** Returns the section of each rule. */
    List<Section> sections() {
      return written.stream().map(Written::section).toList();
    }

    /** Checks the rules. Returns the valid ones, which are also shown. */
    List<RelabelRule> compile(NameValidation names) {
      compiled = RelabelReader.compile(written, names);
      return compiled;
    }
  }

  /**
   * A key with a list of rules.
   *
   * @param ifNull the message for an empty entry
   */
  static Setting<Rules> rules(String rulesKey, String ifNull) {
    return Setting.of(
            rulesKey,
            "list of " + RULE,
            "",
            (Section parent, String key, ConfigPaths paths) ->
                new Rules(
                    parent.sections(key, ifNull).stream()
                        .map(rule -> new Written(rule, spec(rule)))
                        .toList()))
        .shownAs(rules -> shown(rules.compiled));
  }

  /** Returns what is wrong with a regex or an action by itself, or null. */
  private static @Nullable String problem(@Nullable String regex, @Nullable String action) {
    List<String> problems = new ArrayList<>();
    RelabelSpec rule = new RelabelSpec(null, null, regex, null, null, null, action, null);
    RelabelRule.compile(
        rule,
        NameValidation.UTF8,
        (field, message) -> {
          if (field.equals("regex") || field.equals("action")) {
            problems.add(message);
          }
        });
    return problems.isEmpty() ? null : problems.get(0);
  }

  /** Returns the number of entries in a list of rules. */
  static int count(Section parent, String key) {
    return parent.value(key) instanceof SequenceNode list ? list.getValue().size() : 0;
  }

  private static RelabelSpec spec(Section section) {
    SettingValues rule = TABLE.read(section, NO_PATHS);
    return new RelabelSpec(
        section.strings(SOURCE_LABELS.key()),
        rule.get(SEPARATOR).orElse(null),
        rule.get(REGEX).orElse(null),
        section.has(MODULUS.key()) ? rule.get(MODULUS).longValue() : null,
        rule.get(TARGET_LABEL).orElse(null),
        rule.get(REPLACEMENT).orElse(null),
        rule.get(ACTION).orElse(null),
        section.problems().file().isEmpty() ? null : section.position());
  }

  private static Optional<String> regex(Section rule, String key, ConfigPaths paths) {
    rule.checkOverridden(key, text -> problem(text, null));
    Optional<String> regex = text(rule, key, paths);
    if (regex.isPresent() && !ConfigScalars.isUnicode(regex.get())) {
      rule.error(key, "error parsing regexp: invalid UTF-8");
    }
    return regex;
  }

  /** Reports empty label names. A null is accepted, as in Prometheus. */
  private static void checkSources(Section rule) {
    if (rule.value("source_labels") instanceof SequenceNode list) {
      for (int i = 0; i < list.getValue().size(); i++) {
        Node item = list.getValue().get(i);
        boolean checked = !ConfigScalars.isNull(item) || ConfigScalars.isCheckedNull(item);
        if (item instanceof ScalarNode scalar && checked) {
          String name = ConfigScalars.isNull(item) ? "" : ConfigScalars.text(scalar);
          if (!NameValidation.UTF8.isValidLabelName(name)) {
            rule.error(
                "source_labels",
                i,
                "\"" + name + "\" is not a valid label name (expected: any text but an empty one)");
          }
        }
      }
    }
  }

  private static Optional<String> text(Section rule, String key, ConfigPaths paths) {
    return rule.has(key) ? Optional.of(rule.string(key)) : Optional.empty();
  }

  /**
   * Reads the action. A null is the empty action, for which Prometheus has another message than for
   * an unknown action.
   */
  private static Optional<String> action(Section rule, String key, ConfigPaths paths) {
    rule.checkOverridden(key, text -> problem(null, text));
    Node value = rule.value(key);
    if (value != null && ConfigScalars.isNull(value)) {
      rule.error(key, "relabel action cannot be empty");
      return Optional.empty();
    }
    return text(rule, key, paths);
  }

  private static List<RelabelRule> compile(List<Written> written, NameValidation names) {
    List<RelabelRule> rules = new ArrayList<>();
    for (Written rule : written) {
      RelabelRule.compile(rule.spec, names, rule.section::note)
          .ifPresent(
              compiled -> {
                rules.add(compiled);
                RelabelRuleWarnings.report(rule.section, compiled);
              });
    }
    return rules;
  }

  private static List<Map<String, Object>> shown(List<RelabelRule> rules) {
    List<Map<String, Object>> out = new ArrayList<>();
    for (RelabelRule rule : rules) {
      EffectiveSection shown = new EffectiveSection();
      SOURCE_LABELS.show(rule.sourceLabels(), shown);
      SEPARATOR.show(Optional.of(rule.separator()), shown);
      REGEX.show(Optional.of(rule.regex()).filter(regex -> !rule.hasDefaultRegex()), shown);
      MODULUS.show(new BigInteger(Long.toUnsignedString(rule.modulus())), shown);
      TARGET_LABEL.show(Optional.of(rule.targetLabel()), shown);
      REPLACEMENT.show(Optional.of(rule.replacement()), shown);
      ACTION.show(Optional.of(rule.action().text()), shown);
      out.add(shown.map());
    }
    return out;
  }
}
