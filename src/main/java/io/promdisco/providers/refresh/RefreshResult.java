package io.promdisco.providers.refresh;

import io.promdisco.model.TargetGroup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The result of one refresh.
 *
 * @param groups all current groups; of two with the same source, the last is used
 * @param nextAfter the pause that the source requests before the next refresh; empty for the
 *     configured interval
 * @param failures parts of the source that could not be read, each with the reason: one line for
 *     people, no secret; {@code groups} contains what is known of them
 */
public record RefreshResult(
    List<TargetGroup> groups, Optional<Duration> nextAfter, Map<String, String> failures) {
  /** Copies list and map. */
  public RefreshResult {
    groups = List.copyOf(groups);
    failures = Map.copyOf(failures);
  }

  /** Creates the result of a refresh without failures. */
  public RefreshResult(List<TargetGroup> groups, Optional<Duration> nextAfter) {
    this(groups, nextAfter, Map.of());
  }
}
