package io.promdisco.providers.kubernetes;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.discovery.DiscoveryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A changed object leads to the groups that depend on it, and to no others. */
class NeverStaleTest {
  private static final Map<String, String> OLD = Map.of("state", "old");
  private static final Map<String, String> NEW = Map.of("state", "new");

  private final DiscovererFixture discovery = new DiscovererFixture();

  @BeforeEach
  void fillTheCluster() {
    for (String name : List.of("a", "b", "c", "d")) {
      discovery.cluster.put(ManifestFixtures.node(name, OLD));
    }
    for (String namespace : List.of("shop", "other")) {
      discovery.cluster.put(ManifestFixtures.namespace(namespace, OLD));
      discovery.cluster.put(
          ManifestFixtures.owned("ReplicaSet", namespace, "set", "Deployment", "web"));
      discovery.cluster.put(ManifestFixtures.owned("Job", namespace, "job", "CronJob", "nightly"));
      discovery.cluster.put(ManifestFixtures.pod(namespace, "web", "a", "ReplicaSet", "set", OLD));
      discovery.cluster.put(ManifestFixtures.pod(namespace, "batch", "b", "Job", "job", OLD));
      discovery.cluster.put(ManifestFixtures.pod(namespace, "alone", "c", "", "", OLD));
      discovery.cluster.put(ManifestFixtures.service(namespace, "one", OLD));
      discovery.cluster.put(ManifestFixtures.service(namespace, "two", OLD));
      discovery.cluster.put(ManifestFixtures.endpoints(namespace, "one", "web", "batch", "a"));
      discovery.cluster.put(ManifestFixtures.endpoints(namespace, "two", "alone", "alone", "c"));
      discovery.cluster.put(ManifestFixtures.endpointsOfNode(namespace, "kubelet", "d"));
      discovery.cluster.put(ManifestFixtures.slice(namespace, "one-1", "one", "a", "web", "batch"));
      discovery.cluster.put(ManifestFixtures.slice(namespace, "two-1", "two", "c", "alone"));
      discovery.cluster.put(ManifestFixtures.sliceOfNode(namespace, "kubelet-1", "d"));
      discovery.cluster.put(ManifestFixtures.ingress(namespace, "in"));
    }
  }

  @AfterEach
  void close() {
    discovery.close();
  }

  static Stream<Arguments> changes() {
    Object node = ManifestFixtures.node("a", NEW);
    Object byReference = ManifestFixtures.node("d", NEW);
    Object namespace = ManifestFixtures.namespace("shop", NEW);
    Object replicaSet = ManifestFixtures.owned("ReplicaSet", "shop", "set", "Deployment", "new");
    Object job = ManifestFixtures.owned("Job", "shop", "job", "CronJob", "new");
    Object service = ManifestFixtures.service("shop", "one", NEW);
    Object pod = ManifestFixtures.pod("shop", "web", "a", "ReplicaSet", "set", NEW);
    Object notReady = ManifestFixtures.pod("shop", "batch", "b", "Job", "job", NEW);
    return Stream.of(
        changed(Role.POD, "node", node, "pod/other/web", "pod/shop/web"),
        changed(
            Role.POD, "namespace", namespace, "pod/shop/alone", "pod/shop/batch", "pod/shop/web"),
        changed(Role.POD, "replica set", replicaSet, "pod/shop/web"),
        changed(Role.POD, "job", job, "pod/shop/batch"),
        changed(Role.SERVICE, "namespace", namespace, "svc/shop/one", "svc/shop/two"),
        changed(Role.INGRESS, "namespace", namespace, "ingress/shop/in"),
        changed(Role.ENDPOINTS, "service", service, "endpoints/shop/one"),
        changed(Role.ENDPOINTS, "ready pod", pod, "endpoints/shop/one"),
        changed(Role.ENDPOINTS, "pod that is not ready", notReady, "endpoints/shop/one"),
        changed(Role.ENDPOINTS, "node", node, "endpoints/other/one", "endpoints/shop/one"),
        changed(
            Role.ENDPOINTS,
            "node by reference",
            byReference,
            "endpoints/other/kubelet",
            "endpoints/shop/kubelet"),
        changed(
            Role.ENDPOINTS,
            "namespace",
            namespace,
            "endpoints/shop/kubelet",
            "endpoints/shop/one",
            "endpoints/shop/two"),
        changed(Role.ENDPOINTS, "replica set", replicaSet, "endpoints/shop/one"),
        changed(Role.ENDPOINTS, "job", job, "endpoints/shop/one"),
        changed(Role.ENDPOINTSLICE, "service", service, "endpointslice/shop/one-1"),
        changed(Role.ENDPOINTSLICE, "pod", pod, "endpointslice/shop/one-1"),
        changed(Role.ENDPOINTSLICE, "second pod", notReady, "endpointslice/shop/one-1"),
        changed(
            Role.ENDPOINTSLICE,
            "node",
            node,
            "endpointslice/other/one-1",
            "endpointslice/shop/one-1"),
        changed(
            Role.ENDPOINTSLICE,
            "node by reference",
            byReference,
            "endpointslice/other/kubelet-1",
            "endpointslice/shop/kubelet-1"),
        changed(
            Role.ENDPOINTSLICE,
            "namespace",
            namespace,
            "endpointslice/shop/kubelet-1",
            "endpointslice/shop/one-1",
            "endpointslice/shop/two-1"),
        changed(Role.ENDPOINTSLICE, "replica set", replicaSet, "endpointslice/shop/one-1"),
        changed(Role.ENDPOINTSLICE, "job", job, "endpointslice/shop/one-1"));
  }

  private static Arguments changed(Role role, String what, Object object, String... groups) {
    return Arguments.of(role, what, object, List.of(groups));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("changes")
  void everyChangeOfAnotherObjectReachesItsGroupsAlone(
      Role role, String what, Object object, List<String> groups)
      throws IOException, DiscoveryException {
    everyChangeReaches(DiscovererFixture.config(role, DiscovererFixture.ALL), object, groups);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("changes")
  void everyChangeReachesItsGroupsAloneWithNamespacesGiven(
      Role role, String what, Object object, List<String> groups)
      throws IOException, DiscoveryException {
    everyChangeReaches(
        DiscovererFixture.config(role, DiscovererFixture.ALL, "shop", "other", "shop"),
        object,
        groups);
  }

  /** Changes, deletes and creates the object. */
  private void everyChangeReaches(KubernetesSdConfig config, Object object, List<String> groups)
      throws IOException, DiscoveryException {
    RecordingSink sink = discovery.startAndSync(config);
    List<FakeApiServer.Action> changes =
        List.of(
            cluster -> cluster.put(object),
            cluster -> cluster.delete(object),
            cluster -> cluster.put(object));
    List<Map<String, String>> before = ConformanceCase.sorted(sink.targets());
    for (FakeApiServer.Action change : changes) {
      discovery.api.change(change);
      List<String> built = new ArrayList<>();
      eventually(
          () -> {
            built.addAll(sink.takeUpdated());
            assertThat(new TreeSet<>(built)).containsAll(groups);
          });
      assertThat(built).containsExactlyInAnyOrderElementsOf(groups);
      List<Map<String, String>> now = ConformanceCase.sorted(sink.targets());
      assertThat(now).isNotEqualTo(before).isEqualTo(discovery.fresh(config));
      before = now;
    }
  }
}
