package io.promdisco.monitors;

import io.promdisco.model.NameValidation;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.util.GoFormatting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Relabelling rules: checks those of users, and makes those that every job has. */
final class RuleList {
  /** What follows the shard in the regex of the last rule. */
  static final String SHARD_OR_ALL = ";|.+;.+";

  private static final Pattern NO_NAME = Pattern.compile("[^a-zA-Z0-9_]");
  private static final String ANYTHING = "(.+)";
  private static final String HASH = "__tmp_hash";
  private static final Set<String> WITH_TARGET =
      Set.of("replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal");
  private static final Set<String> WITHOUT_REPLACEMENT =
      Set.of("lowercase", "uppercase", "keepequal", "dropequal");

  private RuleList() {}

  /** Returns the label name that Prometheus makes of a key of Kubernetes. */
  static String labelName(String key) {
    return NO_NAME.matcher(key).replaceAll("_");
  }

  /**
   * Checks the rules of the list {@code name}.
   *
   * @throws InvalidMonitorException for the first wrong one, with its index
   */
  static void check(SpecNode parent, String name) throws InvalidMonitorException {
    InvalidMonitorException.withinEach("", parent.items(name), RuleList::check);
  }

  private static void check(SpecNode rule) throws InvalidMonitorException {
    String written = rule.textOrEmpty("action").isEmpty() ? "replace" : rule.textOrEmpty("action");
    String action = written.toLowerCase(Locale.ROOT);
    String regex = rule.textOrEmpty("regex");
    Optional<String> wrong = RelabelRule.regexProblem(regex);
    if (wrong.isPresent()) {
      throw new InvalidMonitorException(
          "invalid regex " + regex + " for relabel configuration: " + wrong.get());
    }
    if (action.equals("hashmod") && modulus(rule) == 0) {
      throw new InvalidMonitorException(
          "relabel configuration for hashmod requires non-zero modulus");
    }
    if (WITH_TARGET.contains(action) && rule.textOrEmpty("targetLabel").isEmpty()) {
      throw new InvalidMonitorException(
          "relabel configuration for " + written + " action needs targetLabel value");
    }
    if (WITH_TARGET.contains(action)) {
      checkName(rule.textOrEmpty("targetLabel"), "target_label", written);
    }
    if (WITHOUT_REPLACEMENT.contains(action) && !isDefault(rule.text("replacement"), "$1")) {
      throw new InvalidMonitorException("'replacement' can not be set for " + written + " action");
    }
    String replacement = rule.text("replacement");
    if (action.equals("labelmap") && replacement != null) {
      checkName(replacement, "replacement", written);
    }
    checkUnused(rule, action, written);
  }

  private static void checkName(String name, String field, String action)
      throws InvalidMonitorException {
    if (!NameValidation.UTF8.isValidLabelName(name)) {
      throw new InvalidMonitorException(
          GoFormatting.quote(name) + " is invalid '" + field + "' for " + action + " action");
    }
  }

  private static void checkUnused(SpecNode rule, String action, String written)
      throws InvalidMonitorException {
    boolean plain = modulus(rule) == 0 && isDefault(rule.text("separator"), ";");
    String regex = rule.textOrEmpty("regex");
    if ((action.equals("keepequal") || action.equals("dropequal"))
        && !(plain && (regex.isEmpty() || regex.equals("(.*)")))) {
      throw new InvalidMonitorException(
          written
              + " action requires only 'source_labels' and `target_label`, and no other fields");
    }
    if ((action.equals("labeldrop") || action.equals("labelkeep"))
        && !(plain
            && rule.texts("sourceLabels").isEmpty()
            && rule.textOrEmpty("targetLabel").isEmpty()
            && isDefault(rule.text("replacement"), "$1"))) {
      throw new InvalidMonitorException(
          written + " action requires only 'regex', and no other fields");
    }
  }

  private static long modulus(SpecNode rule) throws InvalidMonitorException {
    Long modulus = rule.number("modulus");
    return modulus == null ? 0 : modulus;
  }

  private static boolean isDefault(@Nullable String value, String byDefault) {
    return value == null || value.equals(byDefault);
  }

  /** Returns the rules of the list {@code name}, which have been checked. */
  static List<JobTree> of(SpecNode parent, String name) throws InvalidMonitorException {
    List<JobTree> rules = new ArrayList<>();
    for (SpecNode rule : parent.items(name)) {
      JobTree tree = new JobTree().from(rule.path());
      tree.putItems("source_labels", rule.texts("sourceLabels"));
      tree.putPresent("separator", rule.text("separator"));
      tree.putText("target_label", rule.textOrEmpty("targetLabel"));
      tree.putText("regex", rule.textOrEmpty("regex"));
      tree.putPresent("modulus", modulus(rule) == 0 ? null : modulus(rule));
      tree.putPresent("replacement", rule.text("replacement"));
      tree.putText("action", rule.textOrEmpty("action").toLowerCase(Locale.ROOT));
      rules.add(tree);
    }
    return rules;
  }

  /** Returns the first rule of every job. */
  static JobTree jobName() {
    return copy("job", "__tmp_prometheus_job_name");
  }

  static JobTree copy(String from, String to) {
    return JobTree.of("source_labels", List.of(from), "target_label", to);
  }

  static JobTree copyUnlessEmpty(String from, String to) {
    return JobTree.of(
        "source_labels",
        List.of(from),
        "target_label",
        to,
        "regex",
        ANYTHING,
        "replacement",
        "${1}");
  }

  static JobTree set(String label, String value) {
    return JobTree.of("target_label", label, "replacement", value);
  }

  /** Returns a rule that keeps what {@code value}, a regex or a number, matches. */
  static JobTree keep(String label, Object value) {
    return JobTree.of("action", "keep", "source_labels", List.of(label), "regex", value);
  }

  /** Returns a rule that drops targets of pods that have ended. */
  static JobTree running() {
    return JobTree.of(
        "action",
        "drop",
        "source_labels",
        List.of("__meta_kubernetes_pod_phase"),
        "regex",
        "(Failed|Succeeded)");
  }

  /**
   * Returns the rules that keep the shard's part of the targets, which is all.
   *
   * @param label by which targets are divided
   */
  static List<JobTree> sharding(String label) {
    return List.of(
        JobTree.of(
            "source_labels",
            List.of(label, HASH),
            "target_label",
            HASH,
            "regex",
            "(.+);",
            "replacement",
            "$1",
            "action",
            "replace"),
        JobTree.of(
            "source_labels",
            List.of(HASH),
            "target_label",
            HASH,
            "modulus",
            1L,
            "action",
            "hashmod"),
        JobTree.of(
            "source_labels",
            List.of(HASH, "__tmp_disable_sharding"),
            "regex",
            TreeNodes.SHARD + SHARD_OR_ALL,
            "action",
            "keep"));
  }
}
