package io.promdisco.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Summary;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;

/**
 * Metrics in a registry of Prometheus's Java client (simpleclient 0.16).
 *
 * <p>Several instances of {@code Promdisco} may share a registry, through one object of this class
 * or several. Counters and timers then count for all of them, a gauge shows the sum of their
 * values, and a gauge of a point in time the latest. Removing a value of one instance leaves those
 * of the others. For separate time series, use separate registries.
 */
public final class PrometheusMetrics implements Metrics {
  /**
   * The metrics of each registry, because a registry does not return them. An entry is removed with
   * its registry.
   */
  @GuardedBy("REGISTERED")
  private static final Map<CollectorRegistry, Registered> REGISTERED = new WeakHashMap<>();

  private final CollectorRegistry registry;
  private final Registered registered;

  /** Registers the metrics in {@code registry}. */
  public PrometheusMetrics(CollectorRegistry registry) {
    this.registry = registry;
    synchronized (REGISTERED) {
      registered = REGISTERED.computeIfAbsent(registry, any -> new Registered());
    }
  }

  /** The registry with the metrics. */
  public CollectorRegistry registry() {
    return registry;
  }

  @Override
  public Counter counter(String name, String help, String... labelNames) {
    io.prometheus.client.Counter counter =
        registered.once(
            name,
            io.prometheus.client.Counter.class,
            () ->
                io.prometheus.client.Counter.build(name, help)
                    .withoutExemplars() // exemplars need a tracer, which would be searched for in
                    // every jar
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
    return registered
        .once(name, SharedGauge.class, () -> SharedGauge.ofSum(register(name, help, labelNames)))
        .share();
  }

  @Override
  public Gauge timestamp(String name, String help, String... labelNames) {
    return registered
        .once(
            name, SharedGauge.class, () -> SharedGauge.ofGreatest(register(name, help, labelNames)))
        .share();
  }

  private io.prometheus.client.Gauge register(String name, String help, String... labelNames) {
    return io.prometheus.client.Gauge.build(name, help).labelNames(labelNames).register(registry);
  }

  @Override
  public Timer timer(String name, String help, String... labelNames) {
    Summary summary =
        registered.once(
            name,
            Summary.class,
            () -> Summary.build(name, help).labelNames(labelNames).register(registry));
    return (seconds, labels) -> summary.labels(labels).observe(seconds);
  }

  /** The metrics of one registry by name. Does not refer to the registry. */
  private static final class Registered {
    @GuardedBy("this")
    private final Map<String, Object> made = new HashMap<>();

    synchronized <T> T once(String name, Class<T> type, Supplier<T> make) {
      Object found = made.get(name);
      if (found == null) {
        found = make.get();
        made.put(name, found);
      }
      if (!type.isInstance(found)) {
        throw new IllegalArgumentException(
            name
                + ": registered as a "
                + found.getClass().getSimpleName()
                + " already (expected: one type for each name)");
      }
      return type.cast(found);
    }
  }
}
