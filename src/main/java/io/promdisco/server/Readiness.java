package io.promdisco.server;

import io.promdisco.discovery.JobStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What incomplete jobs wait for. */
final class Readiness {
  /** Seconds; as often as a broken watch is tried again, about. */
  private static final int RETRY_AFTER = 2;

  private Readiness() {}

  static RequestException unknown(String job) {
    return new RequestException(404, "job: " + job + " (expected one that /http-sd lists)");
  }

  /** Says that a job is incomplete to a program that wants the whole of it. */
  static RequestException incomplete(JobStatus job) {
    return RequestException.unavailable(job.describe(), RETRY_AFTER);
  }

  /** A line for each source that is missing, with its jobs; empty if all are complete. */
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
