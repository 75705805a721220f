package io.promdisco.metrics;

/**
 * Where the parts register what they count. Asking twice for one name gives the same metric, so
 * several managers in one process share a registry; asking with other labels is an error of the
 * program.
 */
public interface Metrics {
  /** A number that only grows; {@code name} ends in {@code _total}. */
  Counter counter(String name, String help, String... labelNames);

  /** A number that goes up and down. */
  Gauge gauge(String name, String help, String... labelNames);

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
    /** Sets the value. */
    void set(double value, String... labels);

    /** Forgets the series of these label values. */
    void remove(String... labels);

    /** The value now; 0 if nothing was set. */
    double get(String... labels);
  }

  /** Observes durations. Safe for all threads. */
  interface Timer {
    /** Takes note of one duration in seconds. */
    void observe(double seconds, String... labels);
  }
}
