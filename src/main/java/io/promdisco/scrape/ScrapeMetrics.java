package io.promdisco.scrape;

import io.promdisco.metrics.Metrics;

/** The metrics of scrape pools; a metric that Prometheus has too has the same name. */
final class ScrapeMetrics {
  private static final String JOB = "scrape_job";
  private final Metrics.Gauge targets;
  private final Metrics.Counter pools;
  private final Metrics.Counter reloads;
  private final Metrics.Counter syncs;
  private final Metrics.Timer syncLength;
  private final Metrics.Counter failed;
  private final Metrics.Counter relabelled;
  private final Metrics.Counter changes;
  private final Metrics.Counter listenerFailures;
  private final Metrics.Gauge waiting;
  private final Metrics.Counter cancelled;

  ScrapeMetrics(Metrics metrics) {
    targets =
        metrics.gauge(
            "prometheus_target_scrape_pool_targets", "Active targets of a scrape pool.", JOB);
    pools =
        metrics.counter("prometheus_target_scrape_pools_total", "Scrape pools that were created.");
    reloads =
        metrics.counter(
            "prometheus_target_scrape_pool_reloads_total",
            "Scrape pools that were rebuilt for a changed configuration.");
    syncs =
        metrics.counter(
            "prometheus_target_scrape_pool_sync_total",
            "Updates that a scrape pool processed.",
            JOB);
    syncLength =
        metrics.timer(
            "prometheus_target_sync_length_seconds", "How long a scrape pool took to update.", JOB);
    failed =
        metrics.counter(
            "prometheus_target_sync_failed_total",
            "Targets that relabelling kept but that cannot be scraped.",
            JOB);
    relabelled =
        metrics.counter(
            "promdisco_target_relabelled_total", "Targets that went through relabelling.", JOB);
    changes =
        metrics.counter(
            "promdisco_target_changes_total",
            "Active targets that were added, changed or removed.",
            JOB,
            "change");
    listenerFailures =
        metrics.counter(
            "promdisco_target_listener_failures_total",
            "Calls of listeners that threw an exception.");
    waiting =
        metrics.gauge(
            "promdisco_target_listener_waiting",
            "Additions and removals of targets that a listener has not received yet.",
            "listener");
    cancelled =
        metrics.counter(
            "promdisco_target_listener_coalesced_total",
            "Pairs of an addition and a removal that cancelled each other out while they waited for"
                + " a listener.");
  }

  void created() {
    pools.inc();
  }

  void reloaded() {
    reloads.inc();
  }

  void removed(String job) {
    targets.remove(job);
  }

  void synced(String job, double seconds, int relabelledNow, int failedNow) {
    syncs.inc(job);
    syncLength.observe(seconds, job);
    relabelled.add(relabelledNow, job);
    failed.add(failedNow, job);
  }

  void changed(TargetChange change, int active) {
    targets.set(active, change.job());
    count(change, change.added().size(), "added");
    count(change, change.changed().size(), "changed");
    count(change, change.removed().size(), "removed");
  }

  private void count(TargetChange change, int number, String what) {
    if (number > 0) {
      changes.add(number, change.job(), what);
    }
  }

  void listenerFailed() {
    listenerFailures.inc();
  }

  /** Records that the queue of a listener has grown; {@code by} may be negative. */
  void waiting(String listener, int by) {
    waiting.add(by, listener);
  }

  void cancelled(long pairs) {
    if (pairs > 0) {
      cancelled.add((double) pairs);
    }
  }

  void listenerGone(String listener) {
    waiting.remove(listener);
  }
}
