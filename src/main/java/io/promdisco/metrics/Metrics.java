package io.promdisco.metrics;

/**
 * The metrics of all parts. Two requests for one name return the same metric, so several managers
 * in one process can share a registry; a request with other labels is an error. Each returned
 * {@link Gauge} is one owner: a metric shows the sum of all owners' values, and an owner changes
 * and removes only its own value.
 */
public interface Metrics {
  /** Returns a counter, which only increases; {@code name} ends in {@code _total}. */
  Counter counter(String name, String help, String... labelNames);

  /** Returns a gauge, which increases and decreases. */
  Gauge gauge(String name, String help, String... labelNames);

  /**
   * Returns a gauge for a point in time, in seconds since 1970; of several owners' values, the
   * latest is shown.
   */
  default Gauge timestamp(String name, String help, String... labelNames) {
    return gauge(name, help, labelNames);
  }

  /** Returns a timer for durations in seconds. */
  Timer timer(String name, String help, String... labelNames);

  /** Returns metrics without effect. */
  static Metrics none() {
    return NoMetrics.INSTANCE;
  }

  /** A counter. Safe for all threads. */
  interface Counter {
    /** Adds one; {@code labels} are the values of the label names, in order. */
    default void inc(String... labels) {
      add(1, labels);
    }

    /** Adds {@code amount}, which is not negative. */
    void add(double amount, String... labels);

    /** Returns the current value; 0 if nothing was added. */
    double get(String... labels);
  }

  /** A gauge. Safe for all threads. */
  interface Gauge {
    /** Sets the owner's value. */
    void set(double value, String... labels);

    /** Adds {@code amount}, which may be negative, to the owner's value. */
    void add(double amount, String... labels);

    /**
     * Removes the owner's value for these label values; the time series ends with the last owner.
     */
    void remove(String... labels);

    /** Returns the current value of all owners; 0 if nothing was set. */
    double get(String... labels);
  }

  /** A timer. Safe for all threads. */
  interface Timer {
    /** Records a duration in seconds. */
    void observe(double seconds, String... labels);
  }
}
