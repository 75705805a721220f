package io.promdisco.providers.refresh;

import io.promdisco.model.TargetGroup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What one look at a source has found.
 *
 * @param groups all that are there now; of a source named twice the last group counts
 * @param nextAfter when the source wishes to be asked again, instead of the configured interval,
 *     for the next pause only; empty: the configured interval
 */
public record Refreshed(List<TargetGroup> groups, Optional<Duration> nextAfter) {
  /** Copies the list. */
  public Refreshed {
    groups = List.copyOf(groups);
  }
}
