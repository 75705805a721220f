package io.promdisco.model;

import io.promdisco.Internal;
import java.util.List;
import java.util.Map;

/**
 * Reads the groups that a job has now, for those who ask for targets that are not kept: dropped
 * ones above all.
 *
 * @hidden
 */
@FunctionalInterface
@Internal
public interface TargetSetReader {
  /** The groups of {@code job}; none for an unknown job. */
  TargetSet read(String job);

  /**
   * The groups of a job at one moment.
   *
   * @param configuration number of the configuration that is in force for the job
   * @param groups by provider
   * @hidden
   */
  record TargetSet(long configuration, Map<String, List<TargetGroup>> groups) {
    /** No groups. */
    public static final TargetSet NONE = new TargetSet(0, Map.of());
  }
}
