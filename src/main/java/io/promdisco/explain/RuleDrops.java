package io.promdisco.explain;

import io.promdisco.relabel.RelabelRule;
import java.util.List;

/**
 * The targets of a job that one rule drops.
 *
 * @param index of the rule, from 0
 * @param field what the rule comes from: a field of the monitor or of the settings; empty: every
 *     job of the kind has it
 * @param count how many targets
 * @param values what the rule compared: the first different ones
 * @param address the first target, before relabelling
 */
public record RuleDrops(
    int index, RelabelRule rule, String field, int count, List<String> values, String address) {
  /** Copies the list. */
  public RuleDrops {
    values = List.copyOf(values);
  }
}
