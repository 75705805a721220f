package io.promdisco.model;

import java.util.List;
import java.util.Map;

/**
 * What changed in a job's target set since the last update.
 *
 * @param job the job's name
 * @param removed the job is gone; all else is empty then
 * @param providers the job's providers now, each with the number of targets that it holds; groups
 *     of a provider that is missing here are gone
 * @param changes the groups that changed, by provider; empty groups delete. The lists are shared
 *     between the jobs of a provider
 */
public record TargetSetUpdate(
    String job,
    boolean removed,
    Map<String, Integer> providers,
    Map<String, List<TargetGroup>> changes) {
  /** Copies the maps. */
  public TargetSetUpdate {
    providers = Map.copyOf(providers);
    changes = Map.copyOf(changes);
  }

  /** The update that removes a job with all its targets. */
  public static TargetSetUpdate removal(String job) {
    return new TargetSetUpdate(job, true, Map.of(), Map.of());
  }
}
