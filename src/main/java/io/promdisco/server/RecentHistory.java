package io.promdisco.server;

import io.promdisco.scrape.TargetChange;
import io.promdisco.server.access.ServerLimits;
import io.promdisco.util.Closer;
import io.promdisco.util.Ticker;

/**
 * What the server keeps of the past: the latest changes, for its streams, and the last hour in
 * numbers.
 */
final class RecentHistory implements AutoCloseable {
  private final Closer closer = new Closer();
  private final Timeline timeline;
  private final StreamHub streams;

  /** How many changes a reader of a stream may be behind. */
  static final int CHANGES = 4096;

  private final Ticker ticker;

  /**
   * Keeps what happens from now on.
   *
   * @param limits of streams
   * @param changes that a reader of a stream may be behind
   */
  RecentHistory(Backend backend, Ticker ticker, ServerLimits limits, int changes) {
    this.ticker = ticker;
    timeline = new Timeline(ticker);
    streams =
        closer.add(
            new StreamHub(backend, new StreamMetrics(backend.metrics()), ticker, limits, changes));
    closer.add(backend.listen(this::changed));
    closer.add(backend.listenToJobs(streams::jobsChanged));
    streams.jobsChanged(); // They may have changed since the streams were made.
  }

  private void changed(TargetChange change) {
    timeline.changed(change);
    streams.changed(change);
  }

  Ticker ticker() {
    return ticker;
  }

  Timeline timeline() {
    return timeline;
  }

  StreamHub streams() {
    return streams;
  }

  /** Hears of no more changes, and ends the streams. */
  @Override
  public void close() {
    closer.close();
  }
}
