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
 * Tells people how a watch is: each failure is counted and told to the health listener; logged are
 * the first, another kind of failure when it has been broken for a while, and that it works again.
 * Safe for all threads.
 */
final class WatchFailureReporter {
  private static final Logger log = EscapingLogger.of(WatchFailureReporter.class);

  /** A server that comes back goes through several kinds of failure; each a line says less. */
  private static final Duration QUIET = Duration.ofSeconds(10);

  /** A server may let a watch in and break it at its first event, over and over. */
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
  private String kind = ""; // of the failure that was logged last; empty: it is well

  @GuardedBy("this")
  private boolean ofList; // the failure was one of a list, not of a watch

  @GuardedBy("this")
  private long logged;

  @GuardedBy("this")
  private long broke;

  @GuardedBy("this")
  private Ticker.@Nullable Alarm trial; // of a watch that was let in after it broke

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
            "Since when a watch does not work, by API server, resource and what it is narrowed to;"
                + " there only while it does not.",
            "server",
            "resource",
            "scope");
    failures.add(0);
    failuresByWatch.add(0, server, resource.plural());
  }

  /** Server, resource and scope, for people. */
  String part() {
    return part;
  }

  /**
   * A list or watch failed; {@code known} objects are kept.
   *
   * @param list whether it was a list, which {@link #listed} ends
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

  /**
   * A list is complete. That ends a failure to list; whether a watch that failed works again is not
   * known yet.
   */
  synchronized void listed() {
    if (ofList) {
      succeeded();
    }
  }

  /** The server has let the watch in: it works if it still does after {@link #TRIAL}. */
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

  /** The watch has ended, in whatever way. */
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

  /** A watch works. */
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

  /** It is no longer wanted; nobody is told. */
  synchronized void closed() {
    endTrial();
    brokenSince.remove(server, resource.plural(), scope());
  }

  private String scope() {
    return WatchErrorMessage.where(resource, scope).strip();
  }

  /** Whoever listens must not break the watch. */
  private void tell(Runnable message) {
    try {
      message.run();
    } catch (Throwable e) {
      log.warn("{}: the health listener failed", part, e);
    }
  }
}
