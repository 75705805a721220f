package io.promdisco.metrics;

/**
 * Where the parts register what they count. Asking twice for one name gives the same metric, so
 * several managers in one process share a registry; asking with other labels is an error of the
 * program. Each {@link Gauge} that is returned is one owner: a metric shows what all owners
 * contribute to it, and an owner changes and removes its own contribution only.
 */
public interface Metrics {
  /** A number that only grows; {@code name} ends in {@code _total}. */
  Counter counter(String name, String help, String... labelNames);

  /** A number that goes up and down. */
  Gauge gauge(String name, String help, String... labelNames);

  /** A point in time, in seconds since 1970: of several owners' the latest is shown. */
  default Gauge timestamp(String name, String help, String... labelNames) {
    return gauge(name, help, labelNames);
  }

  /** Observed durations in seconds. */
  Timer timer(String name, String help, String... labelNames);

  /** A registry that keeps nothing. */
  static Metrics none() {
    return NoMetrics.INSTANCE;
  }

  /** Grows. Safe for all threads. */
  interface Counter {
    /** Adds one; {@code labels} are the values of the label names, in order. */
    default void inc(String... labels) {
      add(1, labels);
    }

    /** Adds {@code amount}, which is not negative. */
    void add(double amount, String... labels);

    /** The value now; 0 if nothing was added. */
    double get(String... labels);
  }

  /** Goes up and down. Safe for all threads. */
  interface Gauge {
    /** Sets the owner's value. */
    void set(double value, String... labels);

    /** Adds {@code amount}, which may be negative, to the owner's value. */
    void add(double amount, String... labels);

    /** Ends the owner's contribution to these label values; without any the series ends. */
    void remove(String... labels);

    /** The value now, of all owners; 0 if nothing was set. */
    double get(String... labels);
  }

  /** Observes durations. Safe for all threads. */
  interface Timer {
    /** Takes note of one duration in seconds. */
    void observe(double seconds, String... labels);
  }
}
