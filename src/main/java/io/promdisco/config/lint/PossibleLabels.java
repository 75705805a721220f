package io.promdisco.config.lint;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelRule.Action;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names of labels that a job's targets may have at some point in its rules. The set may contain too
 * many names but never too few: a label that is not in it never exists.
 *
 * <p>A family is all names with a common prefix, for example {@code __meta_kubernetes_pod_label_}.
 */
final class PossibleLabels {
  /**
   * The maximum number of names. Each {@code labelmap} can double the names; beyond the maximum,
   * any name is assumed to be possible.
   */
  private static final int MOST = 10_000;

  private static final List<String> OF_EVERY_TARGET =
      List.of(
          "__address__",
          "__scheme__",
          "__metrics_path__",
          "__scrape_interval__",
          "__scrape_timeout__",
          "__always_scrape_classic_histograms__",
          "__convert_classic_histograms_to_nhcb__",
          "__scrape_native_histograms__",
          "job");

  /** A regex whose prefix is removed or replaced. */
  private static final Pattern BEGINNING = Pattern.compile("\\^?(\\w*)\\(\\.[+*]\\)\\$?");

  private static final Pattern NEW_BEGINNING = Pattern.compile("(\\w*)\\$(?:1|\\{1})");

  private final Set<String> names = new HashSet<>(OF_EVERY_TARGET);
  private final Set<Family> families = new HashSet<>();
  private boolean anything;

  /**
   * Names with a common prefix.
   *
   * @param beginning the prefix
   * @param open whether anything may follow; otherwise a letter or digit comes first, as in keys of
   *     Kubernetes labels and annotations
   */
  private record Family(String beginning, boolean open) {
    /** Whether the text begins with the prefix and can be continued to a name of the family. */
    boolean covers(String text) {
      return text.startsWith(beginning)
          && (open
              || text.length() == beginning.length()
              || isAlphanumeric(text.charAt(beginning.length())));
    }

    boolean has(String name) {
      return name.length() > beginning.length() && covers(name);
    }
  }

  /** Returns the labels that the sources of a job set. */
  static PossibleLabels of(ScrapeConfig job) {
    PossibleLabels labels = new PossibleLabels();
    job.params().keySet().forEach(name -> labels.names.add("__param_" + name));
    job.sdConfigs().forEach(config -> SourceLabels.add(config, labels));
    return labels;
  }

  PossibleLabels name(String name) {
    names.add(name);
    return this;
  }

  PossibleLabels names(String prefix, String... rest) {
    for (String name : rest) {
      names.add(prefix + name);
    }
    return this;
  }

  /** Adds names that consist of a prefix and the key of a Kubernetes label or annotation. */
  PossibleLabels keys(String beginning) {
    families.add(new Family(beginning, false));
    return this;
  }

  /** Adds all names with a prefix. */
  PossibleLabels family(String beginning) {
    families.add(new Family(beginning, true));
    return this;
  }

  /** Adds all names. */
  void anything() {
    anything = true;
  }

  /** Returns the names that are known exactly, without the families. */
  Set<String> exact() {
    return names;
  }

  /** Whether a target may have the label. */
  boolean mayHave(String name) {
    return anything
        || names.contains(name)
        || families.stream().anyMatch(family -> family.has(name));
  }

  /** Whether a target may have a label with this prefix. */
  boolean mayHaveFamily(String beginning) {
    return anything
        || names.stream().anyMatch(name -> name.startsWith(beginning))
        || families.stream()
            .anyMatch(family -> family.beginning.startsWith(beginning) || family.covers(beginning));
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** Adds the labels that a rule may write. */
  void after(RelabelRule rule) {
    switch (rule.action()) {
      case REPLACE -> {
        if (rule.targetLabel().indexOf('$') >= 0) {
          anything = true;
        } else {
          names.add(rule.targetLabel());
        }
      }
      case HASHMOD, LOWERCASE, UPPERCASE -> names.add(rule.targetLabel());
      case LABELMAP -> map(rule);
      case KEEP, DROP, KEEPEQUAL, DROPEQUAL, LABELDROP, LABELKEEP -> {}
    }
  }

  /** Returns the prefix that a {@code labelmap} matches, or null if it matches something else. */
  static @Nullable String beginning(RelabelRule rule) {
    Matcher beginning = BEGINNING.matcher(rule.regex());
    return rule.action() == Action.LABELMAP && beginning.matches() ? beginning.group(1) : null;
  }

  private void map(RelabelRule rule) {
    String old = beginning(rule);
    Matcher replacement = NEW_BEGINNING.matcher(rule.replacement());
    boolean tooMany = names.size() + families.size() > MOST;
    if (tooMany || old == null || !replacement.matches()) {
      anything = true;
      return;
    }
    String renewed = replacement.group(1);
    for (String name : List.copyOf(names)) {
      if (name.startsWith(old)) {
        names.add(renewed + name.substring(old.length()));
      }
    }
    for (Family family : List.copyOf(families)) {
      if (family.beginning.startsWith(old)) {
        String rest = family.beginning.substring(old.length());
        families.add(new Family(renewed + rest, family.open));
      } else if (family.covers(old)) {
        families.add(new Family(renewed, true));
      }
    }
  }
}
