package io.promdisco.server;

import io.promdisco.discovery.JobStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reports what incomplete jobs are waiting for. */
final class Readiness {
  /** Seconds; about the period in which a broken watch is retried. */
  private static final int RETRY_AFTER = 2;

  private Readiness() {}

  static RequestException unknown(String job) {
    return new RequestException(404, "job: " + job + " (expected one that /http-sd lists)");
  }

  /** Returns the error for an incomplete job, for programs that need all its targets. */
  static RequestException incomplete(JobStatus job) {
    return RequestException.unavailable(job.describe(), RETRY_AFTER);
  }

  /**
   * Returns a line for each source that is missing, with its jobs; empty if all jobs are complete.
   */
  static String waitingFor(List<JobStatus> jobs) {
    Map<JobStatus.Missing, Set<String>> waiting = new LinkedHashMap<>();
    for (JobStatus job : jobs) {
      for (JobStatus.Missing missing : job.missing()) {
        waiting.computeIfAbsent(missing, key -> new TreeSet<>()).add(job.job());
      }
    }
    StringBuilder lines = new StringBuilder();
    waiting.forEach(
        (missing, names) ->
            lines
                .append(names.size() == 1 ? "job " : "jobs ")
                .append(String.join(", ", names))
                .append(": ")
                .append(missing)
                .append('\n'));
    return lines.toString();
  }
}
