package io.promdisco.providers.kubernetes;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.Metrics;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.testing.ManualTicker;
import io.prometheus.client.CollectorRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A factory for a cluster in the process, and the discoverers that a test has started. */
final class DiscovererFixture implements AutoCloseable {
  static final AttachMetadata ALL = new AttachMetadata(true, true, true, true, true);

  final TestCluster cluster = new TestCluster();
  final FakeApiServer api = new FakeApiServer(cluster);
  final ManualTicker ticker = new ManualTicker();
  final Metrics metrics = new PrometheusMetrics(new CollectorRegistry());
  final KubernetesDiscovererFactory factory =
      new KubernetesDiscovererFactory(config -> api, ticker, metrics);
  private final List<Discoverer> started = new ArrayList<>();
  private int providers;

  static KubernetesSdConfig config(Role role, AttachMetadata attach, String... namespaces) {
    return KubernetesSdConfig.builder(role)
        .kubeconfigFile("kubeconfig")
        .namespaces(namespaces)
        .attach(attach)
        .build();
  }

  Discoverer start(KubernetesSdConfig config, RecordingSink sink) throws DiscoveryException {
    Discoverer discoverer = factory.create(config, "kubernetes/" + providers++);
    started.add(discoverer);
    discoverer.start(sink);
    return discoverer;
  }

  RecordingSink startAndSync(KubernetesSdConfig config) throws DiscoveryException {
    RecordingSink sink = new RecordingSink();
    start(config, sink);
    eventually(() -> assertThat(sink.syncs()).isEqualTo(1));
    sink.takeUpdated();
    return sink;
  }

  /** Returns what a newly started discoverer finds. */
  List<Map<String, String>> fresh(KubernetesSdConfig config) throws DiscoveryException {
    RecordingSink sink = new RecordingSink();
    try (Discoverer discoverer = factory.create(config, "fresh/" + providers++)) {
      discoverer.start(sink);
      eventually(() -> assertThat(sink.syncs()).isEqualTo(1));
    }
    return ConformanceCase.sorted(sink.targets());
  }

  @Override
  public void close() {
    started.forEach(Discoverer::close);
    factory.close();
  }
}
