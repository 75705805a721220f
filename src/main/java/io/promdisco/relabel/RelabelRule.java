package io.promdisco.relabel;

import io.promdisco.model.NameValidation;
import io.promdisco.model.Position;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One checked and compiled relabelling rule. Two rules are equal wherever they stand. */
public final class RelabelRule {
  /** What a rule does. */
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

    /** The name in the configuration. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Action action;
  private final List<String> sourceLabels;
  private final @Nullable Position position;

  private RelabelRule(Action action, List<String> sourceLabels, @Nullable Position position) {
    this.action = action;
    this.sourceLabels = List.copyOf(sourceLabels);
    this.position = position;
  }

  /**
   * Checks and compiles a rule as Prometheus does.
   *
   * @param problems takes each problem: the field as in the configuration, and what is wrong
   * @return the rule, or nothing if there was a problem
   */
  public static Optional<RelabelRule> compile(
      RelabelSpec spec, NameValidation names, BiConsumer<String, String> problems) {
    String text = spec.action() == null ? "replace" : spec.action();
    for (Action action : Action.values()) {
      if (action.text().equalsIgnoreCase(text)) {
        List<String> sources = spec.sourceLabels() == null ? List.of() : spec.sourceLabels();
        return Optional.of(new RelabelRule(action, sources, spec.position()));
      }
    }
    problems.accept("action", "unknown relabel action \"" + text + "\"");
    return Optional.empty();
  }

  /** What the rule does. */
  public Action action() {
    return action;
  }

  /** The labels whose values are joined. */
  public List<String> sourceLabels() {
    return sourceLabels;
  }

  /** Where the rule stands, if it comes from a file. */
  public Optional<Position> position() {
    return Optional.ofNullable(position);
  }
}
