package io.promdisco.server;

import io.promdisco.scrape.TargetChange;
import io.promdisco.server.access.ServerLimits;
import io.promdisco.util.Closer;
import io.promdisco.util.Ticker;

/**
 * The history that the server stores: the latest changes, for streams, and counts of the last hour.
 */
final class RecentHistory implements AutoCloseable {
  private final Closer closer = new Closer();
  private final Timeline timeline;
  private final StreamHub streams;

  /** The number of changes that a client of a stream may be behind. */
  static final int CHANGES = 4096;

  private final Ticker ticker;

  /**
   * Starts to record changes.
   *
   * @param limits the limits for streams
   * @param changes the number of changes that a client of a stream may be behind
   */
  RecentHistory(Backend backend, Ticker ticker, ServerLimits limits, int changes) {
    this.ticker = ticker;
    timeline = new Timeline(ticker);
    streams =
        closer.add(
            new StreamHub(backend, new StreamMetrics(backend.metrics()), ticker, limits, changes));
    closer.add(backend.listen(this::changed));
    closer.add(backend.listenToJobs(streams::jobsChanged));
    streams.jobsChanged(); // They may have changed since the streams were created.
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

  /** Stops recording, and ends the streams. */
  @Override
  public void close() {
    closer.close();
  }
}
