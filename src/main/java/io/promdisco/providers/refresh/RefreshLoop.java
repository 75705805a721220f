package io.promdisco.providers.refresh;

import io.promdisco.discovery.Discoverer;
import io.promdisco.metrics.Metrics;
import io.promdisco.util.OnDemandThreads;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Asks sources again and again: one timer for all of them, and a thread, {@code sd-refresh-N}, for
 * each that is being asked at this moment, so that one that does not answer holds up no other.
 * Threads that have had nothing to do for ten seconds end. Safe for all threads.
 */
public final class RefreshLoop implements AutoCloseable {
  private final Ticker ticker;
  private final RandomGenerator random;
  private final Metrics.Counter failures;
  private final Metrics.Timer durations;
  private final OnDemandThreads threads = new OnDemandThreads("sd-refresh");

  /** A loop without sources; it has no threads yet. */
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
   * A discoverer that asks {@code refresher} at once and then every {@code interval}; the first
   * pause is shortened by up to a half, so that sources of one configuration spread out. Groups
   * that vanish are emptied, those that are equal to before are not put again. A failure keeps what
   * was there and is told to the sink; the sink is synced after the first look that succeeds.
   *
   * @param mechanism as in the key before {@code _sd_configs}; a label of the metrics
   * @param provider the provider's name, for the log
   * @param part what fails if the source fails, for the sink and the log; no secret
   * @param interval from the beginning of one look to that of the next; a look that takes longer is
   *     followed by the next after a tenth of the interval, at most 1 s, one that finds more than
   *     fits into memory after ten times what it took. Zero, which a key written with null means,
   *     counts as a minute
   * @param refresher closed with the discoverer
   */
  public Discoverer discoverer(
      String mechanism, String provider, String part, Duration interval, Refresher refresher) {
    return new PolledSource(this, mechanism, provider, part, interval, refresher);
  }

  Ticker ticker() {
    return ticker;
  }

  /** The first pause for {@code interval}: at least half of it. */
  Duration firstPause(Duration interval) {
    return Duration.ofNanos((long) (interval.toNanos() * (0.5 + 0.5 * random.nextDouble())));
  }

  /** Runs {@code look} on a separate thread; does nothing once the loop is closed. */
  void run(Runnable look) {
    threads.run(look);
  }

  /** Makes the metrics of a source visible before anything is counted. */
  void begin(String mechanism, String config) {
    failures.add(0, mechanism, config);
  }

  void refreshed(String mechanism, String config, long nanos) {
    durations.observe(nanos / 1e9, mechanism, config);
  }

  void failed(String mechanism, String config) {
    failures.inc(mechanism, config);
  }

  /** Ends all threads; looks that are under way are interrupted. */
  @Override
  public void close() {
    threads.close();
  }
}
