package io.promdisco.providers.kubernetes.watch;

import io.promdisco.metrics.Metrics;
import io.promdisco.providers.kubernetes.object.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people how a watch is: each failure is counted and told to the health listener, the first
 * of each kind is logged, and that it works again. For the reflector's thread.
 */
final class WatchReport {
  private static final Logger log = LoggerFactory.getLogger(WatchReport.class);

  private final String server;
  private final Resource<?> resource;
  private final Scope scope;
  private final String part;
  private final WatchHealth health;
  private final Metrics.Counter failures;
  private final Metrics.Counter failuresByWatch;
  private final Set<String> logged = new HashSet<>(); // kinds since it broke; none: it is well

  WatchReport(
      String server, Resource<?> resource, Scope scope, Metrics metrics, WatchHealth health) {
    this.server = server;
    this.resource = resource;
    this.scope = scope;
    this.health = health;
    part = server + " " + resource.plural() + WatchProblem.where(resource, scope);
    failures =
        metrics.counter(
            "prometheus_sd_kubernetes_failures_total", "The number of failed WATCH/LIST requests.");
    failuresByWatch =
        metrics.counter(
            "promdisco_kubernetes_watch_failures_total",
            "Failed lists and watches by API server and resource.",
            "server",
            "resource");
    failures.add(0);
    failuresByWatch.add(0, server, resource.plural());
  }

  /** Server, resource and scope, for people. */
  String part() {
    return part;
  }

  /** A list or watch failed; {@code known} objects are kept. */
  void failed(Throwable error, int known, Duration wait) {
    failures.inc();
    failuresByWatch.inc(server, resource.plural());
    WatchProblem problem = WatchProblem.of(error, resource, scope);
    if (logged.add(problem.kind())) {
      log.warn(
          "{}: {}; keeping {} objects, next try in {} ms",
          part,
          problem.reason(),
          known,
          wait.toMillis(),
          error instanceof IOException || error instanceof UncheckedIOException ? null : error);
    }
    tell(() -> health.failing(part, problem.reason(), wait));
  }

  /** A watch works. */
  void well() {
    if (!logged.isEmpty()) {
      logged.clear();
      log.info("{}: works again", part);
      tell(() -> health.recovered(part));
    }
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
