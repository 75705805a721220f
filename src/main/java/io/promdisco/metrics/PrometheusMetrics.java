package io.promdisco.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.SimpleCollector;
import io.prometheus.client.Summary;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Metrics in a registry of Prometheus's Java client (simpleclient 0.16). */
public final class PrometheusMetrics implements Metrics {
  private final CollectorRegistry registry;
  private final Map<String, SimpleCollector<?>> made = new HashMap<>(); // guarded by this

  /** Registers everything in {@code registry}, which is the caller's. */
  public PrometheusMetrics(CollectorRegistry registry) {
    this.registry = registry;
  }

  /** The registry, to be exposed. */
  public CollectorRegistry registry() {
    return registry;
  }

  @Override
  public Counter counter(String name, String help, String... labelNames) {
    io.prometheus.client.Counter counter =
        once(
            name,
            io.prometheus.client.Counter.class,
            () ->
                io.prometheus.client.Counter.build(name, help)
                    .withoutExemplars() // which need a tracer, that is looked for in every jar
                    .labelNames(labelNames)
                    .register(registry));
    return new Counter() {
      @Override
      public void add(double amount, String... labels) {
        counter.labels(labels).inc(amount);
      }

      @Override
      public double get(String... labels) {
        return counter.labels(labels).get();
      }
    };
  }

  @Override
  public Gauge gauge(String name, String help, String... labelNames) {
    io.prometheus.client.Gauge gauge =
        once(
            name,
            io.prometheus.client.Gauge.class,
            () ->
                io.prometheus.client.Gauge.build(name, help)
                    .labelNames(labelNames)
                    .register(registry));
    return new Gauge() {
      @Override
      public void set(double value, String... labels) {
        gauge.labels(labels).set(value);
      }

      @Override
      public void remove(String... labels) {
        gauge.remove(labels);
      }

      @Override
      public double get(String... labels) {
        return gauge.labels(labels).get();
      }
    };
  }

  @Override
  public Timer timer(String name, String help, String... labelNames) {
    Summary summary =
        once(
            name,
            Summary.class,
            () -> Summary.build(name, help).labelNames(labelNames).register(registry));
    return (seconds, labels) -> summary.labels(labels).observe(seconds);
  }

  private synchronized <T extends SimpleCollector<?>> T once(
      String name, Class<T> type, Supplier<T> make) {
    SimpleCollector<?> found = made.get(name);
    if (found == null) {
      found = make.get();
      made.put(name, found);
    }
    return type.cast(found);
  }
}
