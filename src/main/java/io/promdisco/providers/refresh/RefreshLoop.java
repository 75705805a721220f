package io.promdisco.providers.refresh;

import io.promdisco.discovery.Discoverer;
import io.promdisco.metrics.Metrics;
import io.promdisco.util.OnDemandThreads;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Refreshes sources at intervals, with one timer for all of them, and a thread {@code sd-refresh-N}
 * for each refresh that is running, so that a source which does not answer delays no other. Threads
 * end after ten idle seconds. Safe for all threads.
 */
public final class RefreshLoop implements AutoCloseable {
  private final Ticker ticker;
  private final RandomGenerator random;
  private final Metrics.Counter failures;
  private final Metrics.Timer durations;
  private final OnDemandThreads threads = new OnDemandThreads("sd-refresh");

  /** Creates a loop without sources and threads. */
  public RefreshLoop(Ticker ticker, Metrics metrics) {
    this(ticker, metrics, new Random());
  }

  RefreshLoop(Ticker ticker, Metrics metrics, RandomGenerator random) {
    this.ticker = ticker;
    this.random = random;
    failures =
        metrics.counter(
            "prometheus_sd_refresh_failures_total",
            "Number of refresh failures for the given SD mechanism.",
            "mechanism",
            "config");
    durations =
        metrics.timer(
            "prometheus_sd_refresh_duration_seconds",
            "The duration of a refresh in seconds for the given SD mechanism.",
            "mechanism",
            "config");
  }

  /**
   * Returns a discoverer that refreshes {@code refresher} immediately and then every {@code
   * interval}. The first pause is shortened by up to a half, so that the sources of one
   * configuration are distributed over time. Groups that disappear are put empty; unchanged groups
   * are not put again. After a failure, known groups stay, and the sink is notified. The sink is
   * synced after the first successful refresh.
   *
   * @param mechanism as in the key before {@code _sd_configs}; a label of the metrics
   * @param provider the provider's name, for the log
   * @param part the part that fails if the source fails, for the sink and the log; no secret
   * @param interval the time between the starts of two refreshes. A refresh that takes longer is
   *     followed by the next one after a tenth of the interval, at most 1 s; one that exceeds the
   *     memory limit, after ten times its duration. Zero, which a null in the file means, counts as
   *     a minute
   * @param refresher closed with the discoverer
   */
  public Discoverer discoverer(
      String mechanism, String provider, String part, Duration interval, Refresher refresher) {
    return new PolledSource(this, mechanism, provider, part, interval, refresher);
  }

  Ticker ticker() {
    return ticker;
  }

  /** Returns the first pause for {@code interval}, which is at least half of it. */
  Duration firstPause(Duration interval) {
    return Duration.ofNanos((long) (interval.toNanos() * (0.5 + 0.5 * random.nextDouble())));
  }

  /** Runs {@code look} on a separate thread. Does nothing after the loop was closed. */
  void run(Runnable look) {
    threads.run(look);
  }

  /** Creates the metrics of a source before anything is counted. */
  void begin(String mechanism, String config) {
    failures.add(0, mechanism, config);
  }

  void refreshed(String mechanism, String config, long nanos) {
    durations.observe(nanos / 1e9, mechanism, config);
  }

  void failed(String mechanism, String config) {
    failures.inc(mechanism, config);
  }

  /** Ends all threads, and interrupts running refreshes. */
  @Override
  public void close() {
    threads.close();
  }
}
