package io.promdisco.discovery;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether a job's targets are the whole truth.
 *
 * @param job the job's name
 * @param complete every source of the job has delivered all it has, and what came of it is among
 *     the targets. A job that is complete stays so while sources fail, since their targets are kept
 * @param stamp a number that changes with the sources of the job: two answers that are complete and
 *     have the same number are of the same sources, and so is what was read between them
 * @param missing what an incomplete job waits for; empty if it is complete
 */
public record JobStatus(String job, boolean complete, long stamp, List<Missing> missing) {
  /** What {@link #describe} of an incomplete job begins with. */
  public static final String INCOMPLETE = "incomplete: job ";

  /** Copies the list. */
  public JobStatus {
    missing = List.copyOf(missing);
  }

  /**
   * What is missing of a job.
   *
   * @param source the provider's name; empty if it is the job itself
   * @param reason one line without secrets
   */
  public record Missing(String source, String reason) {
    /** Makes one line of the reason. */
    public Missing {
      reason = reason.strip().replaceAll("\\s*[\\r\\n]\\s*", " ");
    }

    @Override
    public String toString() {
      return source.isEmpty() ? reason : source + ": " + reason;
    }
  }

  /** Whether what was read between this status and {@code later} is whole, and of one moment. */
  public boolean isWholeUntil(JobStatus later) {
    return complete && later.complete && stamp == later.stamp;
  }

  /** The same job while it is being replaced by one of other sources. */
  public JobStatus replaced() {
    return new JobStatus(
        job, false, stamp, List.of(new Missing("", "its sources have just been replaced")));
  }

  /** Whether {@code description} is one of {@code job} while it is incomplete. */
  public static boolean isIncomplete(String description, String job) {
    return description.startsWith(INCOMPLETE + job + ": ");
  }

  /** All of it on one line; of a job that is complete as well. */
  public String describe() {
    return complete
        ? "complete: job " + job
        : INCOMPLETE
            + job
            + ": "
            + missing.stream().map(Missing::toString).collect(Collectors.joining("; "));
  }
}
