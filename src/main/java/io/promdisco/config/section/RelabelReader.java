package io.promdisco.config.section;

import io.promdisco.config.yaml.Scalars;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.Shown;
import io.promdisco.model.NameValidation;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelSpec;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads {@code relabel_configs} and {@code metric_relabel_configs}. */
final class RelabelReader {
  private RelabelReader() {}

  /** A rule as it was read, to be checked once the job's naming scheme is known. */
  record Written(Section section, RelabelSpec spec) {}

  /**
   * Reads the rules under a key.
   *
   * @param ifNull the problem that an empty entry is
   */
  static List<Written> read(Section parent, String key, String ifNull) {
    List<Written> rules = new ArrayList<>();
    for (Section rule : parent.sections(key, ifNull)) {
      rules.add(new Written(rule, spec(rule)));
    }
    return rules;
  }

  /** What is wrong with a regex or an action, whatever else the rule says; null if nothing is. */
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

  /** How many entries a list of rules has. */
  static int count(Section parent, String key) {
    return parent.value(key) instanceof SequenceNode list ? list.getValue().size() : 0;
  }

  private static RelabelSpec spec(Section rule) {
    List<String> sources = rule.strings("source_labels");
    checkSources(rule);
    rule.checkOverridden("regex", text -> problem(text, null));
    rule.checkOverridden("action", text -> problem(null, text));
    String regex = text(rule, "regex");
    if (regex != null && !Scalars.isUnicode(regex)) {
      rule.error("regex", "error parsing regexp: invalid UTF-8");
    }
    BigInteger modulus = rule.has("modulus") ? rule.unsigned("modulus") : null;
    RelabelSpec spec =
        new RelabelSpec(
            sources,
            text(rule, "separator"),
            regex,
            modulus == null ? null : modulus.longValue(),
            text(rule, "target_label"),
            text(rule, "replacement"),
            action(rule),
            rule.problems().position(rule.node().getStartMark()));
    rule.finish();
    return spec;
  }

  /** No label has an empty name; one that is null passes, as in Prometheus. */
  private static void checkSources(Section rule) {
    if (rule.value("source_labels") instanceof SequenceNode list) {
      for (int i = 0; i < list.getValue().size(); i++) {
        Node item = list.getValue().get(i);
        boolean checked = !Scalars.isNull(item) || Scalars.isCheckedNull(item);
        if (item instanceof ScalarNode scalar && checked) {
          String name = Scalars.isNull(item) ? "" : Scalars.text(scalar);
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

  private static @Nullable String text(Section rule, String key) {
    return rule.has(key) ? rule.string(key) : null;
  }

  /** A null action is the empty one, which is refused in other words than an unknown one. */
  private static @Nullable String action(Section rule) {
    Node value = rule.value("action");
    if (value != null && Scalars.isNull(value)) {
      rule.error("action", "relabel action cannot be empty");
      return null;
    }
    return text(rule, "action");
  }

  static List<RelabelRule> compile(List<Written> written, NameValidation names) {
    List<RelabelRule> rules = new ArrayList<>();
    for (Written rule : written) {
      RelabelRule.compile(
              rule.spec,
              names,
              (field, message) -> {
                if (field.isEmpty()) {
                  rule.section.error(message);
                } else {
                  rule.section.error(field, message);
                }
              })
          .ifPresent(
              compiled -> {
                rules.add(compiled);
                RelabelAdvice.give(rule.section, compiled);
              });
    }
    return rules;
  }

  static List<Map<String, Object>> shown(List<RelabelRule> rules) {
    List<Map<String, Object>> out = new ArrayList<>();
    for (RelabelRule rule : rules) {
      Shown shown = new Shown().unlessZero("source_labels", rule.sourceLabels());
      shown.always("separator", rule.separator());
      if (!rule.hasDefaultRegex()) {
        shown.always("regex", rule.regex());
      }
      if (rule.modulus() != 0) {
        shown.always("modulus", new BigInteger(Long.toUnsignedString(rule.modulus())));
      }
      shown.unlessZero("target_label", rule.targetLabel());
      shown.always("replacement", rule.replacement());
      shown.always("action", rule.action().text());
      out.add(shown.map());
    }
    return out;
  }
}
