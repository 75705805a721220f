package io.promdisco.monitors.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.monitors.CompiledMonitors;
import io.promdisco.monitors.MonitorCompiler;
import io.promdisco.monitors.MonitorObjects;
import io.promdisco.monitors.MonitorSettings;
import io.promdisco.offline.ManifestReader;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.ManualTicker;
import io.prometheus.client.CollectorRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RejectionReportTest {
  private static CompiledMonitors monitors(int good, int bad) throws Exception {
    List<JsonNode> objects = new ArrayList<>();
    for (int i = 0; i < good + bad; i++) {
      String port = i < good ? "port: http" : "scrapeTimeout: 10m, interval: 1m";
      objects.add(
          ManifestReader.object(
              "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {namespace:"
                  + " shop, name: m"
                  + i
                  + "}, spec: {selector: {}, endpoints: [{"
                  + port
                  + "}]}}"));
    }
    return new MonitorCompiler(
            MonitorSettings.of(
                ManifestReader.object(
                    "collector_namespace: m\nprometheus_cr: {enabled: true,"
                        + " service_monitor_selector: {}}\n")))
        .compile(MonitorObjects.of(objects));
  }

  @Test
  void eachRejectionIsLoggedOnceAndAllAreCounted() throws Exception {
    CollectorRegistry registry = new CollectorRegistry();
    RejectionReport report =
        new RejectionReport(new PrometheusMetrics(registry), new ManualTicker());
    try (CapturedLog log = new CapturedLog()) {
      report.report(monitors(2, 1));
      report.report(monitors(2, 1));
      assertThat(log.lines("WARN", "servicemonitor/shop/m2: InvalidConfiguration")).hasSize(1);

      report.report(monitors(0, 100));
      assertThat(log.lines("WARN", "InvalidConfiguration")).hasSizeLessThan(25);
      assertThat(log.lines("WARN", "more monitors are rejected")).hasSize(1);
    }
    assertThat(registry.getSampleValue("promdisco_monitors_jobs")).isZero();
    assertThat(
            registry.getSampleValue(
                "promdisco_monitors_rejected",
                new String[] {"reason"},
                new String[] {"InvalidConfiguration"}))
        .isEqualTo(100);
  }
}
