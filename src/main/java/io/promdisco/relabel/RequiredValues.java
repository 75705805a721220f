package io.promdisco.relabel;

import io.promdisco.Internal;
import java.util.List;
import java.util.Set;

/**
 * The values that a {@code keep} rule with plain alternatives requires of discovered labels. A
 * target whose joined source labels are none of {@code values} is dropped, unless it has one of the
 * labels in {@code guards}; with these, earlier rules might write to a source label.
 *
 * <p>With it, the jobs for a target can be looked up instead of asking each job.
 *
 * @hidden
 */
@Internal
public record RequiredValues(
    List<String> sourceLabels, String separator, Set<String> values, Set<String> guards) {
  /** Copies lists and sets. */
  public RequiredValues {
    sourceLabels = List.copyOf(sourceLabels);
    values = Set.copyOf(values);
    guards = Set.copyOf(guards);
  }
}
