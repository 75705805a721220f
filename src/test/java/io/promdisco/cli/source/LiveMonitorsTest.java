package io.promdisco.cli.source;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.config.Configuration;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.metrics.Metrics;
import io.promdisco.monitors.InvalidSettingsException;
import io.promdisco.monitors.MonitorSettings;
import io.promdisco.monitors.live.FakeMonitorServer;
import io.promdisco.offline.ManifestReader;
import io.promdisco.util.Closer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveMonitorsTest {
  private final FakeMonitorServer server = new FakeMonitorServer();
  private final Closer closer = new Closer();

  @AfterEach
  void end() {
    closer.close();
  }

  private LiveMonitors follow(KubernetesSdConfig cluster, String selector) throws Exception {
    return closer.add(
        LiveMonitors.follow(
            MonitorSettings.of(
                ManifestReader.object(
                    "collector_namespace: m\nprometheus_cr: {enabled: true, pod_monitor_selector: "
                        + selector
                        + "}\n")),
            cluster,
            ticker -> config -> server,
            Metrics.none()));
  }

  private void putMonitor(String name, String path) {
    server.put(
        "{apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: {namespace: shop, name:"
            + " "
            + name
            + "}, spec: {selector: {}, podMetricsEndpoints: [{port: http, path: "
            + path
            + "}]}}");
  }

  private static List<String> names(Configuration configuration) {
    return configuration.jobs().stream().map(ScrapeConfig::jobName).toList();
  }

  @Test
  void jobsFollowThoseOfTheConfigurationWhichKeepsItsNames() throws Exception {
    putMonitor("a", "/a");
    putMonitor("b", "/b");
    Configuration own =
        Configuration.of(
            ScrapeConfig.builder("own").build(),
            ScrapeConfig.builder("podMonitor/shop/a/0").metricsPath("/own").build());
    LiveMonitors live = follow(LiveMonitors.CLUSTER, "{}");
    assertThat(live.waitingFor()).isNotEmpty();

    AtomicInteger calls = new AtomicInteger();
    live.onChange(calls::incrementAndGet);
    eventually(() -> assertThat(live.waitingFor()).isEmpty());

    assertThat(calls).hasPositiveValue();
    Configuration joined = live.joined(own);
    assertThat(names(joined)).containsExactly("own", "podMonitor/shop/a/0", "podMonitor/shop/b/0");
    assertThat(joined.jobs().get(1).metricsPath()).isEqualTo("/own");
  }

  @Test
  void jobsDiscoverInTheClusterOfTheirMonitorsAndUnchangedOnesStayTheSameObjects()
      throws Exception {
    putMonitor("a", "/a");
    putMonitor("b", "/b");
    KubernetesSdConfig cluster =
        KubernetesSdConfig.builder(KubernetesSdConfig.Role.POD).kubeconfigFile("/kube").build();
    LiveMonitors live = follow(cluster, "{}");
    live.onChange(() -> {});
    eventually(() -> assertThat(live.joined(Configuration.of()).jobs()).hasSize(2));
    ScrapeConfig before = live.joined(Configuration.of()).jobs().get(0);
    assertThat(((KubernetesSdConfig) before.sdConfigs().get(0)).kubeconfigFile()).contains("/kube");

    putMonitor("b", "/other");
    eventually(
        () ->
            assertThat(live.joined(Configuration.of()).jobs().get(1).metricsPath())
                .isEqualTo("/other"));
    assertThat(live.joined(Configuration.of()).jobs().get(0)).isSameAs(before);
  }

  @Test
  void settingsThatCanSelectNothingAreRefused() {
    assertThatThrownBy(() -> follow(LiveMonitors.CLUSTER, "{matchLabels: {'-': a}}"))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("SelectionError");
  }
}
