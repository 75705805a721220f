package io.promdisco;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.config.Configuration;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.metrics.Metrics;
import io.promdisco.metrics.PrometheusMetrics;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Several instances share one registry. */
class SharedRegistryTest {
  private final CollectorRegistry registry = new CollectorRegistry();

  @Test
  void countersAndGaugesOfTwoInstancesAreSums() throws Exception {
    try (Promdisco one = started(new PrometheusMetrics(registry), "web", "a:1", "b:1")) {
      try (Promdisco two = started(new PrometheusMetrics(registry), "web", "c:1")) {
        assertThat(value("prometheus_target_scrape_pools_total")).isEqualTo(2);
        assertThat(targets("web")).isEqualTo(3);
        eventually(() -> assertThat(discovered("web")).isEqualTo(3));
        two.apply(Configuration.of());
        assertThat(targets("web")).isEqualTo(2);
      }
      assertThat(targets("web")).isEqualTo(2);
      eventually(() -> assertThat(discovered("web")).isEqualTo(2));
      assertThat(one.pools()).hasSize(1);
    }
    assertThat(targets("web")).isNull();
    assertThat(discovered("web")).isNull();
    assertThat(value("prometheus_target_scrape_pools_total")).isEqualTo(2);
  }

  @Test
  void oneObjectForTwoInstancesDoesTheSame() throws Exception {
    PrometheusMetrics metrics = new PrometheusMetrics(registry);
    try (Promdisco one = started(metrics, "web", "a:1");
        Promdisco two = started(metrics, "web", "a:1")) {
      assertThat(targets("web")).isEqualTo(2);
      assertThat(one.pools()).hasSameSizeAs(two.pools());
    }
    assertThat(targets("web")).isNull();
  }

  @Test
  void anOwnerChangesAndRemovesItsOwnShareOnly() {
    Metrics.Gauge one = new PrometheusMetrics(registry).gauge("depth", "Depth.", "name");
    Metrics.Gauge two = new PrometheusMetrics(registry).gauge("depth", "Depth.", "name");
    one.set(5, "a");
    two.add(2, "a");
    two.add(-1, "a");
    assertThat(one.get("a")).isEqualTo(6);
    one.set(1, "a");
    assertThat(registry.getSampleValue("depth", name(), new String[] {"a"})).isEqualTo(2);
    one.remove("a");
    one.remove("a");
    assertThat(registry.getSampleValue("depth", name(), new String[] {"a"})).isEqualTo(1);
    two.remove("a");
    assertThat(registry.getSampleValue("depth", name(), new String[] {"a"})).isNull();
    assertThat(two.get("a")).isZero();
    assertThat(registry.getSampleValue("depth", name(), new String[] {"a"})).isNull();
  }

  private static String[] name() {
    return new String[] {"name"};
  }

  @Test
  void sharedTimestampShowsTheLatest() {
    Metrics.Gauge one = new PrometheusMetrics(registry).timestamp("since_seconds", "Since.");
    Metrics.Gauge two = new PrometheusMetrics(registry).timestamp("since_seconds", "Since.");
    one.set(200);
    two.set(100);
    assertThat(value("since_seconds")).isEqualTo(200);
    one.remove();
    assertThat(value("since_seconds")).isEqualTo(100);
  }

  @Test
  void aNameOfAnotherTypeIsRefused() {
    Metrics metrics = new PrometheusMetrics(registry);
    metrics.counter("x_total", "X.");
    assertThatThrownBy(() -> new PrometheusMetrics(registry).gauge("x_total", "X."))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x_total: registered as a Counter already");
  }

  private static Promdisco started(Metrics metrics, String job, String... targets)
      throws InterruptedException {
    Promdisco promdisco = Promdisco.builder().metrics(metrics).build();
    promdisco.apply(Configuration.of(ScrapeConfig.builder(job).staticTargets(targets).build()));
    assertThat(promdisco.awaitSynced(Duration.ofSeconds(30))).isTrue();
    return promdisco;
  }

  private Double value(String metric) {
    return registry.getSampleValue(metric);
  }

  private Double targets(String job) {
    return registry.getSampleValue(
        "prometheus_target_scrape_pool_targets", new String[] {"scrape_job"}, new String[] {job});
  }

  private Double discovered(String job) {
    return registry.getSampleValue(
        "prometheus_sd_discovered_targets",
        new String[] {"name", "config"},
        new String[] {"scrape", job});
  }
}
