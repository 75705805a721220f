package io.promdisco.discovery;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether a job's targets are complete, and if not, what is missing.
 *
 * @param job the job's name
 * @param complete whether every source of the job has delivered, and the targets contain the
 *     results. A complete job stays complete when sources fail, because their targets are kept
 * @param stamp a number that changes with the sources of the job. If two complete statuses have the
 *     same stamp, all targets that were read between them come from the same sources
 * @param missing what an incomplete job is waiting for; empty if it is complete
 */
public record JobStatus(String job, boolean complete, long stamp, List<Missing> missing) {
  /** The beginning of {@link #describe} of an incomplete job. */
  public static final String INCOMPLETE = "incomplete: job ";

  /** Copies the list. */
  public JobStatus {
    missing = List.copyOf(missing);
  }

  /**
   * A missing part of a job.
   *
   * @param source the provider's name; empty for the job itself
   * @param reason one line, without secrets
   */
  public record Missing(String source, String reason) {
    @Override
    public String toString() {
      return source.isEmpty() ? reason : source + ": " + reason;
    }
  }

  /**
   * Whether targets that were read between this status and {@code later} are complete and from the
   * same sources.
   */
  public boolean isCompleteUntil(JobStatus later) {
    return complete && later.complete && stamp == later.stamp;
  }

  /** The status of this job while its sources are replaced. */
  public JobStatus replaced() {
    return new JobStatus(
        job, false, stamp, List.of(new Missing("", "its sources have just been replaced")));
  }

  /** Whether {@code description} describes {@code job} as incomplete. */
  public static boolean isIncomplete(String description, String job) {
    return description.startsWith(INCOMPLETE + job + ": ");
  }

  /** Returns the status as one line. */
  public String describe() {
    return complete
        ? "complete: job " + job
        : INCOMPLETE
            + job
            + ": "
            + missing.stream().map(Missing::toString).collect(Collectors.joining("; "));
  }
}
