package io.promdisco.providers.kubernetes;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.discovery.Discoverer;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.providers.kubernetes.client.FabricClientFactory;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.sim.DemoCluster;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.sim.SimOptions;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.Https;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.MemorySink;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** As few connections as can be: one, over HTTP/1.1 if there is one watch, else over HTTP/2. */
class ConnectionsOfWatchesTest {
  private final ManualTicker ticker = new ManualTicker();
  private final KubernetesDiscovererFactory factory =
      new KubernetesDiscovererFactory(
          new FabricClientFactory(ticker), ticker, new PrometheusMetrics(new CollectorRegistry()));
  private final Deque<Discoverer> running = new ArrayDeque<>();
  private SimApiServer server;
  private TlsConfig trusting = TlsConfig.DEFAULT;

  @BeforeEach
  void start() throws Exception {
    Certificates tls = Certificates.make("EC", "ip:127.0.0.1");
    trusting = TlsConfig.builder().ca(tls.authority()).build();
    SimCluster cluster = new SimCluster();
    DemoCluster.create(cluster).close();
    server =
        SimApiServer.start(
            cluster, new SimOptions().ticker(ticker).tls(tls.server(), tls.authority()).http2());
  }

  @AfterEach
  void close() {
    running.forEach(Discoverer::close);
    factory.close();
    server.close();
  }

  private KubernetesSdConfig config(Role role, String... namespaces) {
    return KubernetesSdConfig.builder(role)
        .apiServer(server.url().toString())
        .http(Https.withTls(trusting))
        .namespaces(namespaces)
        .build();
  }

  /** Makes all, starts all, as the manager does, and waits until everything is there. */
  private void discover(KubernetesSdConfig... configs) throws Exception {
    List<Discoverer> made = new ArrayList<>();
    for (KubernetesSdConfig config : configs) {
      Discoverer discoverer = factory.create(config, "kubernetes/" + running.size());
      made.add(discoverer);
      running.addFirst(discoverer);
    }
    for (Discoverer discoverer : made) {
      MemorySink sink = new MemorySink("web");
      discoverer.start(sink);
      eventually(() -> assertThat(sink.isSynced()).isTrue());
    }
  }

  private static boolean speaksHttp2() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("sd-http2"));
  }

  @Test
  void theOnlyWatchHasAConnectionToItself() throws Exception {
    discover(config(Role.POD));
    assertThat(server.connections()).isEqualTo(1);
    assertThat(speaksHttp2()).isFalse();
    assertThat(server.count(Resource.PODS, "watch")).isEqualTo(1);
    assertThat(server.count(Resource.PODS, "list")).isZero();
  }

  @Test
  void discoverersOfOneWatchAreNoReasonToShare() throws Exception {
    discover(config(Role.POD), config(Role.POD));
    assertThat(server.connections()).isEqualTo(1);
    assertThat(speaksHttp2()).isFalse();
  }

  @Test
  void severalWatchesShareOneConnection() throws Exception {
    discover(config(Role.POD), config(Role.SERVICE));
    assertThat(server.connections()).isEqualTo(1);
    assertThat(speaksHttp2()).isTrue();
  }

  @Test
  void theWatchesOfARoleAndThoseOfNamespacesShareOneConnection() throws Exception {
    discover(config(Role.ENDPOINTS));
    discover(config(Role.POD, "shop", "tools"));
    assertThat(server.connections()).isEqualTo(1);
    assertThat(speaksHttp2()).isTrue();
  }

  @Test
  void theWatchThatFollowsMayBeShared() throws Exception {
    discover(config(Role.POD));
    ticker.advance(Duration.ofMinutes(5));
    server.endWatches();
    eventually(() -> assertThat(server.count(Resource.PODS, "watch")).isEqualTo(2));
    eventually(() -> assertThat(speaksHttp2()).isTrue());
    eventually(() -> assertThat(server.connections()).isEqualTo(1));
  }
}
