package io.promdisco.providers.dns;

import io.promdisco.metrics.Metrics;

/** The metrics of all DNS discoverers. */
final class DnsMetrics {
  private final Metrics.Counter lookups;
  private final Metrics.Counter failures;

  DnsMetrics(Metrics metrics) {
    lookups = metrics.counter("prometheus_sd_dns_lookups_total", "The number of DNS-SD lookups.");
    failures =
        metrics.counter(
            "prometheus_sd_dns_lookup_failures_total", "The number of DNS-SD lookup failures.");
    lookups.add(0);
    failures.add(0);
  }

  void lookedUp() {
    lookups.inc();
  }

  void failed() {
    failures.inc();
  }
}
