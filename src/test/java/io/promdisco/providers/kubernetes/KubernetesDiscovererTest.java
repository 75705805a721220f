package io.promdisco.providers.kubernetes;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.KubernetesSdConfig.Selector;
import io.promdisco.config.StaticSdConfig;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.testing.ExpectsErrors;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.MemorySink;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KubernetesDiscovererTest {
  private static final Map<String, String> NONE = Map.of();
  private static final AttachMetadata NODES = new AttachMetadata(true, false, false, false, false);

  private final DiscovererFixture discovery = new DiscovererFixture();

  @AfterEach
  void close() {
    discovery.close();
  }

  @Test
  void deletedObjectLeavesAnEmptyGroup() throws IOException, DiscoveryException {
    discovery.cluster.put(ManifestFixtures.service("shop", "web", NONE));
    RecordingSink sink = sync(Role.SERVICE, AttachMetadata.NONE);
    assertThat(sink.group("svc/shop/web").targets()).hasSize(1);
    discovery.api.change(cluster -> cluster.delete(ManifestFixtures.service("shop", "web", NONE)));
    eventually(() -> assertThat(sink.group("svc/shop/web").isEmpty()).isTrue());
    assertThat(sink.takeUpdated()).containsExactly("svc/shop/web");
  }

  @Test
  void emptyClusterSyncsOnceWithoutGroups() throws DiscoveryException {
    RecordingSink sink = sync(Role.ENDPOINTS, DiscovererFixture.ALL);
    assertThat(sink.groupsAtSync()).isZero();
    assertThat(sink.syncs()).isEqualTo(1);
  }

  @Test
  void allGroupsAreDeliveredBeforeSynced() throws DiscoveryException {
    for (int i = 0; i < 2_345; i++) {
      discovery.cluster.put(ManifestFixtures.service("shop", "web-" + i, NONE));
    }
    RecordingSink sink = sync(Role.SERVICE, AttachMetadata.NONE);
    assertThat(sink.groupsAtSync()).isEqualTo(2_345);
  }

  @Test
  void nothingIsPutBeforeAllWatchesAreSynced() throws DiscoveryException {
    discovery.cluster.put(ManifestFixtures.slice("shop", "web-1", "web", "n", "web"));
    discovery.api.forbid(Resource.SERVICES, true);
    RecordingSink sink = new RecordingSink();
    discovery.start(DiscovererFixture.config(Role.ENDPOINTSLICE, AttachMetadata.NONE), sink);
    eventually(() -> assertThat(sink.failures()).hasSize(1));
    assertThat(sink.failures().keySet()).containsExactly("https://fake:6443 services");
    assertThat(sink.failures().values()).first().asString().contains("forbidden", "list");
    assertThat(sink.syncs()).isZero();
    assertThat(sink.targets()).isEmpty();
    discovery.api.forbid(Resource.SERVICES, false);
    eventually(
        () -> {
          discovery.ticker.advance(Duration.ofSeconds(30));
          assertThat(sink.syncs()).isEqualTo(1);
        });
    assertThat(sink.failures()).isEmpty();
    assertThat(sink.groupsAtSync()).isEqualTo(1);
  }

  @Test
  void brokenWatchKeepsTheTargetsAndSaysSo() throws DiscoveryException {
    discovery.cluster.put(ManifestFixtures.service("shop", "web", NONE));
    RecordingSink sink = sync(Role.SERVICE, AttachMetadata.NONE);
    discovery.api.forbid(Resource.SERVICES, true);
    eventually(() -> assertThat(sink.failures()).hasSize(1));
    assertThat(sink.targets()).hasSize(1);
    discovery.api.forbid(Resource.SERVICES, false);
    eventually(
        () -> {
          discovery.ticker.advance(Duration.ofSeconds(30));
          assertThat(sink.failures()).isEmpty();
        });
    assertThat(sink.takeUpdated()).isEmpty();
  }

  @Test
  void anObjectOfTooManyTargetsKeepsItsLastOnesAndDisturbsNoOther() throws Exception {
    discovery.cluster.put(ManifestFixtures.endpoints("alice", "web", "a", "b", "n"));
    discovery.cluster.put(endpointsOf(10, 1));
    RecordingSink sink = sync(Role.ENDPOINTS, AttachMetadata.NONE);
    assertThat(sink.targets()).hasSize(12);
    discovery.api.change(cluster -> cluster.put(endpointsOf(5_000, 5_000)));
    eventually(
        () ->
            assertThat(sink.failures().get("groups"))
                .startsWith("endpoints/mallory/x: its targets would take more than about ")
                .endsWith("; its last targets stay"));
    assertThat(sink.targets()).hasSize(12);
    discovery.api.change(cluster -> cluster.put(endpointsOf(20, 1)));
    eventually(() -> assertThat(sink.targets()).hasSize(22));
    eventually(() -> assertThat(sink.failures()).isEmpty());
  }

  @Test
  void anObjectOfTooManyTargetsInTheFirstListLeavesTheOthers() throws Exception {
    discovery.cluster.put(ManifestFixtures.endpoints("alice", "web", "a", "b", "n"));
    discovery.cluster.put(endpointsOf(5_000, 5_000));
    RecordingSink sink = sync(Role.ENDPOINTS, AttachMetadata.NONE);
    assertThat(sink.targets()).hasSize(2);
    assertThat(sink.failures()).containsOnlyKeys("groups");
    discovery.api.change(cluster -> cluster.delete(endpointsOf(1, 1)));
    eventually(() -> assertThat(sink.failures()).isEmpty());
  }

  @Test
  @ExpectsErrors("the failure is the point of the test")
  void aLackOfMemoryWhileTheFirstGroupsArePutIsReportedAndTriedAgain() throws Exception {
    retriesFirstGroups(Role.ENDPOINTS);
  }

  @Test
  @ExpectsErrors("the failure is the point of the test")
  void aLackOfMemoryWhileGroupsOfOneWatchArePutIsReportedAndTriedAgain() throws Exception {
    retriesFirstGroups(Role.SERVICE);
  }

  private void retriesFirstGroups(Role role) throws Exception {
    discovery.cluster.put(ManifestFixtures.endpoints("alice", "web", "a", "b", "n"));
    discovery.cluster.put(ManifestFixtures.service("alice", "web", NONE));
    AtomicInteger tries = new AtomicInteger();
    MemorySink sink =
        new MemorySink("k") {
          @Override
          public synchronized void update(List<TargetGroup> changed) {
            if (tries.getAndIncrement() == 0) {
              throw new OutOfMemoryError("Java heap space, as the test says");
            }
            super.update(changed);
          }
        };
    try (Discoverer discoverer =
        discovery.factory.create(DiscovererFixture.config(role, AttachMetadata.NONE), "k/0")) {
      discoverer.start(sink);
      eventually(() -> assertThat(sink.failures()).containsKey("first groups"));
      assertThat(sink.isSynced()).isFalse();
      eventually(
          () -> {
            discovery.ticker.advance(Duration.ofSeconds(1));
            assertThat(sink.isSynced()).isTrue();
          });
      assertThat(sink.addresses()).isNotEmpty();
      assertThat(sink.failures()).isEmpty();
    }
  }

  private static Map<String, Object> endpointsOf(int addresses, int ports) {
    Map<String, Object> endpoints = ManifestFixtures.endpoints("mallory", "x", "a", "b", "n");
    List<Map<String, Object>> ips = new ArrayList<>();
    for (int i = 0; i < addresses; i++) {
      ips.add(Map.of("ip", "10.1." + i / 256 + "." + i % 256));
    }
    List<Map<String, Object>> numbers = new ArrayList<>();
    for (int i = 0; i < ports; i++) {
      numbers.add(Map.of("port", i + 1, "name", "p" + i));
    }
    endpoints.put("subsets", List.of(Map.of("addresses", ips, "ports", numbers)));
    return endpoints;
  }

  @Test
  void heartbeatsOfNodesBuildNothing() throws IOException, DiscoveryException {
    Map<String, String> labels = Map.of("zone", "a");
    discovery.cluster.put(ManifestFixtures.nodeThatIs("True", "n", labels));
    discovery.cluster.put(ManifestFixtures.pod("shop", "web", "n", "", "", NONE));
    RecordingSink pods = sync(Role.POD, NODES);
    RecordingSink nodes = sync(Role.NODE, AttachMetadata.NONE);
    discovery.api.change(cluster -> cluster.put(ManifestFixtures.nodeThatIs("True", "n", labels)));
    discovery.api.change(cluster -> cluster.put(ManifestFixtures.nodeThatIs("False", "n", labels)));
    eventually(() -> assertThat(nodes.takeUpdated()).containsExactly("node/n"));
    // The listener delivers changes in order: a later one shows that nothing was built before.
    discovery.api.change(cluster -> cluster.put(ManifestFixtures.node("n", NONE)));
    eventually(() -> assertThat(pods.takeUpdated()).containsExactly("pod/shop/web"));
  }

  @Test
  void referenceIntoAnotherNamespaceFindsNothingUnlessAllAreWatched() throws DiscoveryException {
    discovery.cluster.put(ManifestFixtures.pod("a", "web", "n", "", "", NONE));
    Map<String, Object> slice = ManifestFixtures.slice("b", "web-1", "web", "n");
    slice.put(
        "endpoints",
        List.of(
            Map.of(
                "addresses",
                List.of("10.1.0.1"),
                "targetRef",
                Map.of("kind", "Pod", "namespace", "a", "name", "web"))));
    discovery.cluster.put(slice);
    RecordingSink all = sync(Role.ENDPOINTSLICE, AttachMetadata.NONE);
    RecordingSink listed =
        discovery.startAndSync(
            DiscovererFixture.config(Role.ENDPOINTSLICE, AttachMetadata.NONE, "a", "b"));
    String podName = "__meta_kubernetes_pod_name";
    assertThat(all.targets()).singleElement().extracting(l -> l.get(podName)).isEqualTo("web");
    assertThat(listed.targets()).singleElement().extracting(l -> l.get(podName)).isNull();
  }

  @Test
  void namespacesAreWatchedOnceEachAndNotForNodes() throws DiscoveryException {
    discovery.startAndSync(DiscovererFixture.config(Role.POD, NODES, "shop", "other", "shop"));
    discovery.startAndSync(DiscovererFixture.config(Role.NODE, AttachMetadata.NONE, "shop"));
    assertThat(discovery.api.watches())
        .containsExactlyInAnyOrder(
            "nodes WatchScope[namespace=, labelSelector=, fieldSelector=]",
            "pods WatchScope[namespace=other, labelSelector=, fieldSelector=]",
            "pods WatchScope[namespace=shop, labelSelector=, fieldSelector=]");
  }

  @Test
  void selectorsNarrowTheResourceOfTheirRole() throws DiscoveryException {
    KubernetesSdConfig config =
        new KubernetesSdConfig(
            Role.POD,
            Optional.empty(),
            Optional.of("kubeconfig"),
            HttpClientConfig.DEFAULT,
            false,
            List.of(),
            List.of(
                new Selector(Role.POD, "app=web", "spec.nodeName=n"),
                new Selector(Role.NODE, "pool=a", "")),
            new AttachMetadata(true, true, true, true, true));
    discovery.startAndSync(config);
    assertThat(discovery.api.watches())
        .containsExactlyInAnyOrder(
            "pods WatchScope[namespace=, labelSelector=app=web, fieldSelector=spec.nodeName=n]",
            "nodes WatchScope[namespace=, labelSelector=pool=a, fieldSelector=]",
            "namespaces WatchScope[namespace=, labelSelector=, fieldSelector=]",
            "replicasets WatchScope[namespace=, labelSelector=, fieldSelector=]",
            "jobs WatchScope[namespace=, labelSelector=, fieldSelector=]");
  }

  @Test
  void everyRoleWatchesWhatItsLabelsComeFrom() {
    assertThat(watched(Role.NODE)).containsExactly("nodes");
    assertThat(watched(Role.POD))
        .containsExactly("pods", "nodes", "namespaces", "replicasets", "jobs");
    assertThat(watched(Role.SERVICE)).containsExactly("services", "namespaces");
    assertThat(watched(Role.INGRESS)).containsExactly("ingresses", "namespaces");
    assertThat(watched(Role.ENDPOINTS))
        .containsExactly(
            "endpoints", "services", "pods", "nodes", "namespaces", "replicasets", "jobs");
    assertThat(watched(Role.ENDPOINTSLICE))
        .containsExactly(
            "endpointslices", "services", "pods", "nodes", "namespaces", "replicasets", "jobs");
  }

  private static List<String> watched(Role role) {
    List<String> plurals = new ArrayList<>();
    RoleWatches.of(role, DiscovererFixture.ALL)
        .watches()
        .forEach(watch -> plurals.add(watch.resource().plural()));
    return plurals;
  }

  @Test
  void jobNamesNeedNoWatchOfJobs() throws DiscoveryException {
    sync(Role.POD, new AttachMetadata(false, false, false, true, false));
    assertThat(discovery.api.watches()).singleElement().asString().startsWith("pods ");
  }

  @Test
  void discoverersOfOneServerShareItsWatchesAndTheLastClosesIt() throws DiscoveryException {
    RecordingSink sink = new RecordingSink();
    Discoverer first =
        discovery.start(DiscovererFixture.config(Role.SERVICE, AttachMetadata.NONE), sink);
    RecordingSink other = sync(Role.ENDPOINTS, AttachMetadata.NONE);
    eventually(() -> assertThat(sink.syncs()).isEqualTo(1));
    assertThat(discovery.api.watches()).hasSize(3);
    first.close();
    assertThat(discovery.api.isClosed()).isFalse();
    assertThat(other.failures()).isEmpty();
    discovery.close();
    assertThat(discovery.api.isClosed()).isTrue();
  }

  @Test
  void otherCredentialsAreAnotherClient() throws DiscoveryException {
    List<FakeApiServer> opened = new ArrayList<>();
    try (KubernetesDiscovererFactory factory =
        new KubernetesDiscovererFactory(
            config -> {
              FakeApiServer api = new FakeApiServer(new TestCluster());
              opened.add(api);
              return api;
            },
            new ManualTicker(),
            Metrics.none())) {
      KubernetesSdConfig config = DiscovererFixture.config(Role.POD, AttachMetadata.NONE);
      KubernetesSdConfig same = DiscovererFixture.config(Role.NODE, AttachMetadata.NONE);
      KubernetesSdConfig outside =
          KubernetesSdConfig.builder(Role.POD).apiServer("https://other:6443").build();
      try (Discoverer one = factory.create(config, "kubernetes/0");
          Discoverer two = factory.create(same, "kubernetes/1");
          Discoverer three = factory.create(outside, "kubernetes/2")) {
        assertThat(opened).hasSize(2);
        assertThat(List.of(one, two, three)).doesNotHaveDuplicates();
      }
      assertThat(opened).allMatch(FakeApiServer::isClosed);
      factory.create(config, "kubernetes/3").close();
      assertThat(opened).hasSize(3);
    }
  }

  @Test
  void ownNamespaceIsOneOfTheNamespaces() throws DiscoveryException {
    discovery.api.runIn("mine");
    discovery.startAndSync(own("shop"));
    assertThat(discovery.api.watches())
        .extracting(watch -> watch.substring(0, watch.indexOf(',')))
        .containsExactlyInAnyOrder(
            "pods WatchScope[namespace=mine", "pods WatchScope[namespace=shop");
  }

  @Test
  void ownNamespaceOutsideOfAClusterIsRefusedWithoutLeavingAnythingOpen() {
    assertThatThrownBy(() -> discovery.factory.create(own(), "kubernetes/0"))
        .isInstanceOf(DiscoveryException.class)
        .hasMessageContaining("own_namespace");
    assertThat(discovery.api.isClosed()).isTrue();
  }

  @Test
  void otherMechanismsAreNotAccepted() {
    StaticSdConfig other = new StaticSdConfig(List.of());
    assertThat(discovery.factory.accepts(other)).isFalse();
    assertThatThrownBy(() -> discovery.factory.create(other, "static/0"))
        .isInstanceOf(DiscoveryException.class)
        .hasMessageContaining("static");
  }

  @Test
  void eventsAreCountedAsPrometheusCountsThem() throws IOException, DiscoveryException {
    discovery.cluster.put(ManifestFixtures.node("n", NONE));
    discovery.cluster.put(ManifestFixtures.pod("shop", "web", "n", "", "", NONE));
    discovery.cluster.put(ManifestFixtures.service("shop", "web", NONE));
    discovery.cluster.put(ManifestFixtures.slice("shop", "web-1", "web", "n", "web"));
    sync(Role.ENDPOINTSLICE, NODES);
    sync(Role.POD, NODES);
    assertThat(events("pod", "add")).isEqualTo(1); // of the pod role only
    assertThat(events("service", "add")).isEqualTo(1);
    assertThat(events("endpointslice", "add")).isEqualTo(1);
    assertThat(events("node", "add")).isZero();
    discovery.api.change(
        cluster -> {
          cluster.put(ManifestFixtures.pod("shop", "web", "n", "", "", Map.of("a", "b")));
          cluster.delete(ManifestFixtures.service("shop", "web", NONE));
          cluster.put(ManifestFixtures.node("n", Map.of("a", "b")));
        });
    eventually(() -> assertThat(events("pod", "update")).isEqualTo(2)); // of both
    eventually(() -> assertThat(events("service", "delete")).isEqualTo(1));
    assertThat(events("node", "update")).isZero();
    assertThat(events("ingress", "delete")).isZero();
  }

  @Test
  void closedDiscovererPutsNothing() throws IOException, DiscoveryException {
    RecordingSink sink = new RecordingSink();
    Discoverer discoverer =
        discovery.start(DiscovererFixture.config(Role.SERVICE, AttachMetadata.NONE), sink);
    RecordingSink other = sync(Role.SERVICE, AttachMetadata.NONE);
    eventually(() -> assertThat(sink.syncs()).isEqualTo(1));
    discoverer.close();
    discovery.api.change(cluster -> cluster.put(ManifestFixtures.service("shop", "web", NONE)));
    eventually(() -> assertThat(other.targets()).hasSize(1));
    assertThat(sink.targets()).isEmpty();
    discoverer.close(); // a second time does nothing
  }

  @Test
  void buildsWhatWaitsBeforeItIsClosed() throws Exception {
    RecordingSink sink = new RecordingSink();
    Discoverer discoverer =
        discovery.start(DiscovererFixture.config(Role.SERVICE, AttachMetadata.NONE), sink);
    eventually(() -> assertThat(sink.syncs()).isEqualTo(1));
    Thread closer = new Thread(discoverer::close);
    synchronized (sink) { // blocks the worker
      discovery.api.change(cluster -> cluster.put(ManifestFixtures.service("shop", "a", NONE)));
      eventually(() -> assertThat(events("service", "add")).isEqualTo(1));
      discovery.api.change(cluster -> cluster.put(ManifestFixtures.service("shop", "b", NONE)));
      eventually(() -> assertThat(events("service", "add")).isEqualTo(2));
      closer.start();
    }
    closer.join();
    assertThat(sink.targets()).hasSize(2);
  }

  @Test
  void discovererThatWaitsForAWatchCanBeClosed() throws DiscoveryException {
    discovery.api.forbid(Resource.PODS, true);
    RecordingSink sink = new RecordingSink();
    Discoverer discoverer =
        discovery.start(DiscovererFixture.config(Role.POD, AttachMetadata.NONE), sink);
    eventually(() -> assertThat(sink.failures()).hasSize(1));
    discoverer.close();
    assertThat(sink.syncs()).isZero();
  }

  private double events(String role, String event) {
    return discovery
        .metrics
        .counter(
            "prometheus_sd_kubernetes_events_total",
            "Events of watched Kubernetes objects that discovery has handled.",
            "role",
            "event")
        .get(role, event);
  }

  private RecordingSink sync(Role role, AttachMetadata attach) throws DiscoveryException {
    return discovery.startAndSync(DiscovererFixture.config(role, attach));
  }

  private static KubernetesSdConfig own(String... namespaces) {
    return KubernetesSdConfig.builder(Role.POD).ownNamespace(true).namespaces(namespaces).build();
  }
}
