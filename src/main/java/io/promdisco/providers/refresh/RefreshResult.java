package io.promdisco.providers.refresh;

import io.promdisco.model.TargetGroup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one look at a source has found.
 *
 * @param groups all that are there now; of a source named twice the last group counts
 * @param nextAfter when the source wishes to be asked again, instead of the configured interval,
 *     for the next pause only; empty: the configured interval
 * @param failures parts of the source that could not be read, each with the reason: one line for
 *     people, no secret; {@code groups} has what was known of them
 */
public record RefreshResult(
    List<TargetGroup> groups, Optional<Duration> nextAfter, Map<String, String> failures) {
  /** Copies list and map. */
  public RefreshResult {
    groups = List.copyOf(groups);
    failures = Map.copyOf(failures);
  }

  /** Everything could be read. */
  public RefreshResult(List<TargetGroup> groups, Optional<Duration> nextAfter) {
    this(groups, nextAfter, Map.of());
  }
}
