package io.promdisco.model;

import io.promdisco.Internal;
import java.util.List;
import java.util.Map;

/**
 * Reads the current groups of a job, to compute targets that are not stored, mainly dropped ones.
 *
 * @hidden
 */
@FunctionalInterface
@Internal
public interface TargetSetReader {
  /** Returns the groups of {@code job}; empty for an unknown job. */
  TargetSet read(String job);

  /**
   * A snapshot of the groups of a job.
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
