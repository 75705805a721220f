package io.promdisco.server;

import io.promdisco.metrics.Metrics;
import io.promdisco.scrape.TargetChange;

/** The metrics of the streams of changes. Safe for all threads. */
final class StreamMetrics {
  private final Metrics.Gauge readers;
  private final Metrics.Counter cut;
  private final Metrics.Counter refused;
  private final Metrics.Counter events;

  StreamMetrics(Metrics metrics) {
    readers = metrics.gauge("promdisco_stream_readers", "Open streams of changes.");
    cut =
        metrics.counter(
            "promdisco_stream_readers_cut_total",
            "Streams of changes that were closed because their client was too slow.");
    refused =
        metrics.counter(
            "promdisco_stream_readers_refused_total",
            "Streams of changes that were refused because there were too many.");
    events =
        metrics.counter(
            "promdisco_stream_events_total",
            "Changes of targets that streams reported, each counted once.");
    readers.set(0);
    cut.add(0);
    refused.add(0);
    events.add(0);
  }

  void readers(int now) {
    readers.set(now);
  }

  void cut() {
    cut.inc();
  }

  void refused() {
    refused.inc();
  }

  void changed(TargetChange change) {
    events.add(change.added().size() + change.changed().size() + change.removed().size());
  }
}
