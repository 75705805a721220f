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
 * Names of labels that a job's targets may have at some point of its rules: rather too many than
 * too few, so that what is not among them is never there.
 *
 * <p>A family is all names with some beginning, as {@code __meta_kubernetes_pod_label_}.
 */
final class PossibleLabels {
  /** Each {@code labelmap} can double the names; beyond so many any name is possible. */
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

  /** A beginning that is cut off or replaced. */
  private static final Pattern BEGINNING = Pattern.compile("\\^?(\\w*)\\(\\.[+*]\\)\\$?");

  private static final Pattern NEW_BEGINNING = Pattern.compile("(\\w*)\\$(?:1|\\{1})");

  private final Set<String> names = new HashSet<>(OF_EVERY_TARGET);
  private final Set<Family> families = new HashSet<>();
  private boolean anything;

  /**
   * Names that begin alike.
   *
   * @param beginning how
   * @param open whether anything may follow, or else a letter or a digit first, as keys of
   *     Kubernetes labels and annotations begin
   */
  private record Family(String beginning, boolean open) {
    /** Whether text begins as the family does and could go on as its names do. */
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

  /** What the sources of a job set. */
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

  /** Names with a key of a Kubernetes label or annotation behind a beginning. */
  PossibleLabels keys(String beginning) {
    families.add(new Family(beginning, false));
    return this;
  }

  /** Names with anything behind a beginning. */
  PossibleLabels family(String beginning) {
    families.add(new Family(beginning, true));
    return this;
  }

  /** There may be any label. */
  void anything() {
    anything = true;
  }

  /** The names that are known to the letter. */
  Set<String> exact() {
    return names;
  }

  /** Whether a target may have the label. */
  boolean mayHave(String name) {
    return anything
        || names.contains(name)
        || families.stream().anyMatch(family -> family.has(name));
  }

  /** Whether a target may have a label with such a beginning. */
  boolean mayHaveFamily(String beginning) {
    return anything
        || names.stream().anyMatch(name -> name.startsWith(beginning))
        || families.stream()
            .anyMatch(family -> family.beginning.startsWith(beginning) || family.covers(beginning));
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** Adds what a rule may write. */
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

  /** The beginning that a {@code labelmap} looks for; null if it looks for something else. */
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
