package io.promdisco.explain;

import java.util.List;

/**
 * What one job of a monitor discovers, and what its rules leave of that.
 *
 * @param field the part of the monitor that the job stands for: {@code spec.endpoints[0]}
 * @param targets counts, the first targets, and why there are no others
 * @param drops the rules that drop targets, in their order
 */
public record MonitorJobExplanation(String field, JobExplanation targets, List<RuleDrops> drops) {
  /** Copies the list. */
  public MonitorJobExplanation {
    drops = List.copyOf(drops);
  }
}
