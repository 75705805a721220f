package io.promdisco.metrics;

/** Metrics without effect. */
enum NoMetrics implements Metrics {
  INSTANCE;

  private static final Counter COUNTER =
      new Counter() {
        @Override
        public void add(double amount, String... labels) {}

        @Override
        public double get(String... labels) {
          return 0;
        }
      };

  private static final Gauge GAUGE =
      new Gauge() {
        @Override
        public void set(double value, String... labels) {}

        @Override
        public void add(double amount, String... labels) {}

        @Override
        public void remove(String... labels) {}

        @Override
        public double get(String... labels) {
          return 0;
        }
      };

  private static final Timer TIMER = (seconds, labels) -> {};

  @Override
  public Counter counter(String name, String help, String... labelNames) {
    return COUNTER;
  }

  @Override
  public Gauge gauge(String name, String help, String... labelNames) {
    return GAUGE;
  }

  @Override
  public Timer timer(String name, String help, String... labelNames) {
    return TIMER;
  }
}
