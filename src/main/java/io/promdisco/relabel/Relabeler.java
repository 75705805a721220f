package io.promdisco.relabel;

import io.promdisco.model.Labels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job's rules, compiled: decides as much as it can before it copies anything. Gives what {@link
 * ReferenceRelabeler} gives. Safe for all threads.
 */
public final class Relabeler {
  private final Step[] steps;

  /** Compiles {@code rules}. */
  public Relabeler(List<RelabelRule> rules) {
    steps = rules.stream().map(Step::of).toArray(Step[]::new);
  }

  /**
   * The labels after all rules, sorted, none of them empty.
   *
   * @return null if a rule dropped the target
   */
  public @Nullable Labels apply(LabelView discovered) {
    LabelView now = discovered;
    Overlay overlay = null;
    for (Step step : steps) {
      if (step.onlyReads()) {
        if (!step.keeps(now)) {
          return null;
        }
      } else {
        if (overlay == null) {
          overlay = new Overlay(discovered);
          now = overlay;
        }
        step.write(overlay);
      }
    }
    return (overlay == null ? new Overlay(discovered) : overlay).toLabels();
  }
}
