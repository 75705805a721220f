package io.promdisco.server;

import io.promdisco.allocator.Allocator;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;

/** The metrics of the OpenTelemetry target allocator, under its names, made when asked for. */
final class AllocatorMetrics extends Collector {
  private final Allocator allocator;

  AllocatorMetrics(Allocator allocator) {
    this.allocator = allocator;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    Allocator.Summary summary = allocator.summary();
    String strategy = allocator.config().strategyName();
    GaugeMetricFamily targets = gauge("targets", "Targets of a job.", "job_name");
    summary.jobs().forEach((job, count) -> targets.addMetric(List.of(job), count));
    GaugeMetricFamily shares =
        gauge("targets_per_collector", "Targets of a collector.", "collector_name", "strategy");
    summary.collectors().forEach((name, count) -> shares.addMetric(List.of(name, strategy), count));
    int remaining = summary.jobs().values().stream().mapToInt(Integer::intValue).sum();
    return List.of(
        targets,
        shares,
        gauge("collectors_allocatable", "Collectors that take targets.", "strategy")
            .addMetric(List.of(strategy), summary.collectors().size()),
        gauge("collectors_discovered", "Collectors whose pods exist.")
            .addMetric(List.of(), (double) summary.discovered()),
        gauge("targets_remaining", "Targets of all jobs.").addMetric(List.of(), remaining),
        gauge("targets_unassigned", "Targets without a collector.")
            .addMetric(List.of(), summary.unassigned()));
  }

  private static GaugeMetricFamily gauge(String name, String help, String... labels) {
    return new GaugeMetricFamily("opentelemetry_allocator_" + name, help, List.of(labels));
  }
}
