package io.promdisco.relabel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A rule made ready to be applied. Immutable but for what it remembers; safe for all threads. */
abstract class Step {
  static Step of(RelabelRule rule) {
    return switch (rule.action()) {
      case KEEP, DROP -> new Decide(rule);
      case KEEPEQUAL, DROPEQUAL -> new Compare(rule);
      case REPLACE -> Replace.isCopy(rule) ? new Copy(rule) : new Replace(rule);
      case LABELMAP -> new Rename(rule);
      case LABELDROP, LABELKEEP -> new Filter(rule);
      case HASHMOD, LOWERCASE, UPPERCASE -> new Compute(rule);
    };
  }

  /** Whether it only looks, so that it may be asked before anything is written. */
  boolean onlyReads() {
    return false;
  }

  /** For a step that only looks: whether it keeps the target. */
  boolean keeps(LabelView labels) {
    return true;
  }

  /** For a step that writes. */
  void write(Overlay labels) {}

  /** The joined value of a rule's source labels. */
  static String join(RelabelRule rule, LabelView labels) {
    List<String> names = rule.sourceLabels();
    if (names.isEmpty()) {
      return "";
    }
    if (names.size() == 1) {
      return labels.get(names.get(0));
    }
    StringBuilder joined = new StringBuilder(labels.get(names.get(0)));
    for (int i = 1; i < names.size(); i++) {
      joined.append(rule.separator()).append(labels.get(names.get(i)));
    }
    return joined.toString();
  }

  /** keep, drop. */
  private static final class Decide extends Step {
    private final RelabelRule rule;
    private final ValueMatcher matcher;
    private final boolean keep;

    Decide(RelabelRule rule) {
      this.rule = rule;
      matcher = ValueMatcher.of(rule.compiled());
      keep = rule.action() == RelabelRule.Action.KEEP;
    }

    @Override
    boolean onlyReads() {
      return true;
    }

    @Override
    boolean keeps(LabelView labels) {
      return matcher.matches(join(rule, labels)) == keep;
    }
  }

  /** keepequal, dropequal. */
  private static final class Compare extends Step {
    private final RelabelRule rule;
    private final boolean keep;

    Compare(RelabelRule rule) {
      this.rule = rule;
      keep = rule.action() == RelabelRule.Action.KEEPEQUAL;
    }

    @Override
    boolean onlyReads() {
      return true;
    }

    @Override
    boolean keeps(LabelView labels) {
      return labels.get(rule.targetLabel()).equals(join(rule, labels)) == keep;
    }
  }

  /** replace with the default regex and replacement: the joined value as it is. */
  private static final class Copy extends Step {
    private final RelabelRule rule;

    Copy(RelabelRule rule) {
      this.rule = rule;
    }

    @Override
    void write(Overlay labels) {
      labels.set(rule.targetLabel(), join(rule, labels));
    }
  }

  /** replace. */
  private static final class Replace extends Step {
    private final RelabelRule rule;
    private final ValueMatcher matcher;
    private final boolean constant;

    Replace(RelabelRule rule) {
      this.rule = rule;
      matcher = ValueMatcher.of(rule.compiled());
      constant = !rule.target().hasDollar() && !rule.replacementTemplate().hasDollar();
    }

    static boolean isCopy(RelabelRule rule) {
      return rule.regex().equals(RelabelRule.DEFAULT_REGEX)
          && rule.replacement().equals(RelabelRule.DEFAULT_REPLACEMENT)
          && !rule.target().hasDollar()
          && rule.names().isValidLabelName(rule.targetLabel());
    }

    @Override
    void write(Overlay labels) {
      String value = join(rule, labels);
      if (!matcher.matches(value)) {
        return;
      }
      if (constant) {
        labels.set(rule.targetLabel(), rule.replacement());
        return;
      }
      Regex.Match match = rule.compiled().find(value);
      if (match == null) {
        return;
      }
      String target = rule.target().expand(match);
      if (rule.names().isValidLabelName(target)) {
        labels.set(target, rule.replacementTemplate().expand(match));
      }
    }
  }

  /** hashmod, lowercase, uppercase. */
  private static final class Compute extends Step {
    private final RelabelRule rule;

    Compute(RelabelRule rule) {
      this.rule = rule;
    }

    @Override
    void write(Overlay labels) {
      String value = join(rule, labels);
      String result =
          switch (rule.action()) {
            case LOWERCASE -> Case.lower(value);
            case UPPERCASE -> Case.upper(value);
            default -> HashMod.of(value, rule.modulus());
          };
      labels.set(rule.targetLabel(), result);
    }
  }

  /** labelmap. Names repeat from target to target, so each is worked out once. */
  private static final class Rename extends Step {
    private static final int MOST_REMEMBERED = 16_384;
    private static final String NOT = "\u0000"; // no label: names that match give another name

    private final RelabelRule rule;
    private final String prefix;
    private final Map<String, String> known = new ConcurrentHashMap<>();

    Rename(RelabelRule rule) {
      this.rule = rule;
      prefix = ValueMatcher.literalPrefix(rule.regex());
    }

    @Override
    void write(Overlay labels) {
      List<Renamed> found = new ArrayList<>();
      labels.forEach(
          (name, value) -> {
            String target = name.startsWith(prefix) ? target(name) : NOT;
            if (!target.equals(NOT)) {
              found.add(new Renamed(name, target, value));
            }
          });
      found.sort(Comparator.comparing(Renamed::from)); // of two for one name the later wins
      for (Renamed renamed : found) {
        labels.set(renamed.to, renamed.value);
      }
    }

    private record Renamed(String from, String to, String value) {}

    private String target(String name) {
      String target = known.get(name);
      if (target == null) {
        String mapped = ReferenceRelabeler.mapped(rule, name);
        target = mapped == null ? NOT : mapped;
        if (known.size() < MOST_REMEMBERED) {
          known.put(name, target);
        }
      }
      return target;
    }
  }

  /** labeldrop, labelkeep. */
  private static final class Filter extends Step {
    private final ValueMatcher matcher;
    private final boolean keep;

    Filter(RelabelRule rule) {
      matcher = ValueMatcher.of(rule.compiled());
      keep = rule.action() == RelabelRule.Action.LABELKEEP;
    }

    @Override
    void write(Overlay labels) {
      List<String> gone = new ArrayList<>();
      labels.forEach(
          (name, value) -> {
            if (matcher.matches(name) != keep) {
              gone.add(name);
            }
          });
      gone.forEach(name -> labels.set(name, ""));
    }
  }
}
