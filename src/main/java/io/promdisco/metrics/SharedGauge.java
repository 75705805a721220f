package io.promdisco.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.prometheus.client.Gauge;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A gauge of a registry with several owners. The registry shows the sum of their values, or the
 * latest point in time. A time series ends when its last owner removes it. Safe for all threads.
 */
final class SharedGauge {
  /** The value of each owner, by label values. */
  @GuardedBy("this")
  private final Map<List<String>, Map<Owner, Double>> series = new HashMap<>();

  private final Gauge gauge;
  private final DoubleBinaryOperator total;

  private SharedGauge(Gauge gauge, DoubleBinaryOperator total) {
    this.gauge = gauge;
    this.total = total;
  }

  /** Returns a gauge that shows the sum of the owners' values. */
  static SharedGauge ofSum(Gauge gauge) {
    return new SharedGauge(gauge, Double::sum);
  }

  /** Returns a gauge that shows the greatest of the owners' values. */
  static SharedGauge ofGreatest(Gauge gauge) {
    return new SharedGauge(gauge, Math::max);
  }

  /** Returns the gauge of a new owner. */
  Metrics.Gauge share() {
    return new Owner();
  }

  private synchronized void change(Owner owner, Change change, String... labels) {
    List<String> key = List.of(labels);
    Map<Owner, Double> values = series.get(key);
    Double before = values == null ? null : values.get(owner);
    Double now = change.of(before);
    if (now == null) {
      if (values == null) {
        return;
      }
      values.remove(owner);
      if (values.isEmpty()) {
        series.remove(key);
        gauge.remove(labels);
        return;
      }
    } else {
      if (values == null) {
        values = new HashMap<>(2);
        series.put(key, values);
      }
      values.put(owner, now);
    }
    gauge.labels(labels).set(total(values));
  }

  private double total(Map<Owner, Double> values) {
    Iterator<Double> each = values.values().iterator();
    double sum = each.next();
    while (each.hasNext()) {
      sum = total.applyAsDouble(sum, each.next());
    }
    return sum;
  }

  private synchronized double get(String... labels) {
    Map<Owner, Double> values = series.get(List.of(labels));
    return values == null ? 0 : total(values);
  }

  /** Computes an owner's new value; null for no value. */
  private interface Change {
    @Nullable Double of(@Nullable Double before);
  }

  private final class Owner implements Metrics.Gauge {
    @Override
    public void set(double value, String... labels) {
      change(this, before -> value, labels);
    }

    @Override
    public void add(double amount, String... labels) {
      change(this, before -> (before == null ? 0 : before) + amount, labels);
    }

    @Override
    public void remove(String... labels) {
      change(this, before -> null, labels);
    }

    @Override
    public double get(String... labels) {
      return SharedGauge.this.get(labels);
    }
  }
}
