package io.promdisco.relabel;

import io.promdisco.Internal;
import java.util.List;
import java.util.Set;

/**
 * What a {@code keep} rule with a regex of plain alternatives demands of the discovered labels: a
 * target whose source labels, joined, are none of {@code values} is dropped, unless it has one of
 * the labels in {@code guards}, with which earlier rules might write to a source label.
 *
 * <p>By this jobs can be found for a target, in the place of asking each job.
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
