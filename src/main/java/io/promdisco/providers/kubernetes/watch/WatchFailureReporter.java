package io.promdisco.providers.kubernetes.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.Nouns;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Reports the state of a watch. Each failure is counted and passed to the health listener. The log
 * gets the first failure, a failure of another kind if the watch has been broken for some time, and
 * the recovery. Safe for all threads.
 */
final class WatchFailureReporter {
  private static final Logger log = EscapingLogger.of(WatchFailureReporter.class);

  /**
   * A server that starts causes several kinds of failures, and a log line for each would not help.
   */
  private static final Duration QUIET = Duration.ofSeconds(10);

  /** A server may accept a watch and break it at its first event, repeatedly. */
  private static final Duration TRIAL = Duration.ofSeconds(1);

  private final String server;
  private final Resource<?> resource;
  private final WatchScope scope;
  private final String part;
  private final WatchHealth health;
  private final Metrics.Counter failures;
  private final Metrics.Counter failuresByWatch;
  private final Metrics.Gauge brokenSince;
  private final Ticker ticker;

  @GuardedBy("this")
  private String kind = ""; // the kind of the last logged failure; empty while it works

  @GuardedBy("this")
  private boolean ofList; // whether the failure was one of a list, not of a watch

  @GuardedBy("this")
  private long logged;

  @GuardedBy("this")
  private long broke;

  @GuardedBy("this")
  private Ticker.@Nullable Alarm trial; // for a watch that was accepted after a failure

  WatchFailureReporter(
      String server,
      Resource<?> resource,
      WatchScope scope,
      Ticker ticker,
      Metrics metrics,
      WatchHealth health) {
    this.server = server;
    this.resource = resource;
    this.scope = scope;
    this.health = health;
    this.ticker = ticker;
    part = server + " " + resource.plural() + WatchErrorMessage.where(resource, scope);
    failures =
        metrics.counter(
            "prometheus_sd_kubernetes_failures_total", "The number of failed WATCH/LIST requests.");
    failuresByWatch =
        metrics.counter(
            "promdisco_kubernetes_watch_failures_total",
            "Failed lists and watches by API server and resource.",
            "server",
            "resource");
    brokenSince =
        metrics.timestamp(
            "promdisco_kubernetes_watch_broken_since_timestamp_seconds",
            "When a watch stopped working, by API server, resource, namespace and"
                + " selectors; absent while it works.",
            "server",
            "resource",
            "scope");
    failures.add(0);
    failuresByWatch.add(0, server, resource.plural());
  }

  /** Returns server, resource and scope for people. */
  String part() {
    return part;
  }

  /**
   * Reports that a list or watch failed; {@code known} objects are kept.
   *
   * @param list whether it was a list; {@link #listed} ends that failure
   */
  synchronized void failed(Throwable error, boolean list, int known, Duration wait) {
    endTrial();
    ofList = list;
    failures.inc();
    failuresByWatch.inc(server, resource.plural());
    WatchErrorMessage problem = WatchErrorMessage.of(error, resource, scope);
    long now = ticker.nanos();
    if (kind.isEmpty()) {
      broke = now;
      brokenSince.set(ticker.now().toEpochMilli() / 1e3, server, resource.plural(), scope());
    }
    boolean changed = !kind.equals(problem.kind()) && now - logged >= QUIET.toNanos();
    if (kind.isEmpty() || changed) {
      kind = problem.kind();
      logged = now;
      log.warn(
          "{}: {}; keeping {}, next try in {} ms",
          part,
          problem.reason(),
          Nouns.count(known, "object"),
          wait.toMillis(),
          error instanceof IOException || error instanceof UncheckedIOException ? null : error);
    }
    tell(() -> health.failing(part, problem.reason(), wait));
  }

  /** Reports that a list is complete. This ends a failure of a list, but not that of a watch. */
  synchronized void listed() {
    if (ofList) {
      succeeded();
    }
  }

  /**
   * Reports that the server has accepted the watch, which counts as working if it lasts for {@link
   * #TRIAL}.
   */
  synchronized void opened() {
    endTrial();
    if (!kind.isEmpty()) {
      Ticker.Alarm[] own = new Ticker.Alarm[1];
      own[0] = ticker.schedule(TRIAL, () -> wellAfter(own));
      trial = own[0];
    }
  }

  private synchronized void wellAfter(Ticker.Alarm[] own) {
    if (trial != null && trial == own[0]) {
      succeeded();
    }
  }

  /** Reports that the watch has ended, for any reason. */
  synchronized void ended() {
    endTrial();
  }

  @GuardedBy("this")
  private void endTrial() {
    if (trial != null) {
      trial.cancel();
      trial = null;
    }
  }

  /** Reports that a watch works. */
  synchronized void succeeded() {
    endTrial();
    if (!kind.isEmpty()) {
      kind = "";
      brokenSince.remove(server, resource.plural(), scope());
      log.info(
          "{}: works again after {} s",
          part,
          Duration.ofNanos(ticker.nanos() - broke).toMillis() / 1e3);
      tell(() -> health.recovered(part));
    }
  }

  /** Records that the watch is no longer needed; reports nothing. */
  synchronized void closed() {
    endTrial();
    brokenSince.remove(server, resource.plural(), scope());
  }

  private String scope() {
    return WatchErrorMessage.where(resource, scope).strip();
  }

  /** An exception of the listener must not break the watch. */
  private void tell(Runnable message) {
    try {
      message.run();
    } catch (Throwable e) {
      log.warn("{}: the health listener failed", part, e);
    }
  }
}
