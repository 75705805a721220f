package io.promdisco.model;

import io.promdisco.Internal;
import java.util.List;
import java.util.Map;

/**
 * The changes of a job's target set since the last update.
 *
 * @param job the job's name
 * @param removed whether the job was removed; then everything else is empty
 * @param whole whether {@code changes} contains every group of the job and replaces the known ones
 * @param configuration number of the configuration whose sources and rules are in force for the job
 *     from this update on. It changes only with a complete update
 * @param targets number of targets of all the job's groups
 * @param changes the groups that changed, by provider; empty groups delete. The lists are shared
 *     between the jobs of a provider
 * @hidden
 */
@Internal
public record TargetSetUpdate(
    String job,
    boolean removed,
    boolean whole,
    long configuration,
    int targets,
    Map<String, List<TargetGroup>> changes) {
  /** Copies the map. */
  public TargetSetUpdate {
    changes = Map.copyOf(changes);
  }

  /** Returns the update that removes a job with all its targets. */
  public static TargetSetUpdate removal(String job) {
    return new TargetSetUpdate(job, true, true, 0, 0, Map.of());
  }
}
