package io.promdisco.monitors.live;

import io.promdisco.metrics.Metrics;
import io.promdisco.monitors.CompiledMonitors;
import io.promdisco.monitors.Rejection;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.RateLimitedLog;
import io.promdisco.util.Ticker;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;

/**
 * Logs which monitors are rejected, and counts them and the jobs. People who may write monitors can
 * cause as many lines as they like: beyond the first of a change, lines are omitted. For one
 * thread.
 */
public final class RejectionReport {
  private static final int MOST_LINES = 20;
  private static final Logger log = EscapingLogger.of(RejectionReport.class);

  private final Metrics.Gauge jobs;
  private final Metrics.Gauge rejected;
  private final RateLimitedLog changes;
  private Set<Rejection> known = Set.of();

  /** Counts into {@code metrics}. */
  public RejectionReport(Metrics metrics, Ticker ticker) {
    jobs = metrics.gauge("promdisco_monitors_jobs", "Jobs that monitors have become.");
    rejected =
        metrics.gauge(
            "promdisco_monitors_rejected", "Monitors that yield no job, by reason.", "reason");
    changes = new RateLimitedLog(ticker::nanos, line -> log.info("{}", line));
  }

  /** Reports what is new. */
  public void report(CompiledMonitors monitors) {
    jobs.set(monitors.jobs().size());
    Set<Rejection> now = new HashSet<>();
    for (Rejection.Reason reason : Rejection.Reason.values()) {
      long count = monitors.rejected().stream().filter(one -> one.reason() == reason).count();
      rejected.set((double) count, reason.text());
    }
    int lines = 0;
    for (Rejection rejection : monitors.rejected()) {
      if (rejection.reason() == Rejection.Reason.NOT_SELECTED) {
        continue;
      }
      now.add(rejection);
      if (!known.contains(rejection) && ++lines <= MOST_LINES) {
        log.warn("{}", rejection);
      }
    }
    if (lines > MOST_LINES) {
      log.warn("and {} more monitors are rejected", lines - MOST_LINES);
    }
    changes.log("monitors: " + monitors.jobs().size() + " jobs, " + now.size() + " rejected");
    known = now;
  }
}
