package io.promdisco.providers.kubernetes.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ObjectMeta.OwnerRef;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GroupBuilderTest {
  private static final String P = "__meta_kubernetes_";
  private static final AttachMetadata NODES = new AttachMetadata(true, false, false, false, false);
  private static final AttachMetadata ALL = new AttachMetadata(true, true, true, true, true);

  private final MapLookup lookup = new MapLookup();

  @Test
  void podWithoutAddressHasNoTargets() {
    TargetGroup group = new PodGroupBuilder(AttachMetadata.NONE).build(pod("", "n", null), lookup);
    assertThat(group).isEqualTo(TargetGroup.empty("pod/shop/web"));
  }

  @Test
  void podOnAnUnknownNodeIsLeftOutOnlyWhenNodesAreAttached() {
    PodView pod = pod("10.0.0.1", "n", null);
    assertThat(new PodGroupBuilder(NODES).build(pod, lookup).isEmpty()).isTrue();
    assertThat(new PodGroupBuilder(AttachMetadata.NONE).build(pod, lookup).isEmpty()).isFalse();
    lookup.put("node", node("n", Labels.EMPTY));
    assertThat(new PodGroupBuilder(NODES).build(pod, lookup).isEmpty()).isFalse();
  }

  @Test
  void podAddressOfTheSixthVersionGetsBrackets() {
    TargetGroup group =
        new PodGroupBuilder(AttachMetadata.NONE).build(pod("fd00::1", "", null), lookup);
    assertThat(addresses(group)).containsExactly("[fd00::1]:8080", "[fd00::1]:9090", "fd00::1");
  }

  @Test
  void ownersGiveNamesOnlyWhenTheyAreOfTheRightKind() {
    PodGroupBuilder builder = new PodGroupBuilder(ALL);
    lookup.put("node", node("n", Labels.EMPTY));
    lookup.put("replicaset", plain("shop", "web-1", new OwnerRef("Deployment", "web")));
    lookup.put("job", plain("shop", "web-1", new OwnerRef("CronJob", "nightly")));
    Labels replica = builder.build(pod("1.1.1.1", "n", owner("ReplicaSet")), lookup).labels();
    assertThat(replica.get(P + "pod_deployment_name")).isEqualTo("web");
    assertThat(replica.has(P + "pod_job_name")).isFalse();
    Labels job = builder.build(pod("1.1.1.1", "n", owner("Job")), lookup).labels();
    assertThat(job.get(P + "pod_job_name")).isEqualTo("web-1");
    assertThat(job.get(P + "pod_cronjob_name")).isEqualTo("nightly");
    lookup.put("job", plain("shop", "web-1", new OwnerRef("Workflow", "nightly")));
    Labels other = builder.build(pod("1.1.1.1", "n", owner("Job")), lookup).labels();
    assertThat(other.has(P + "pod_cronjob_name")).isFalse();
  }

  @Test
  void attachedNodeFollowsItsNewestVersion() {
    PodGroupBuilder builder = new PodGroupBuilder(NODES);
    PodView pod = pod("10.0.0.1", "n", null);
    lookup.put("node", node("n", Labels.of("zone", "a")));
    assertThat(builder.build(pod, lookup).labels().get(P + "node_label_zone")).isEqualTo("a");
    lookup.put("node", node("n", Labels.of("zone", "b")));
    assertThat(builder.build(pod, lookup).labels().get(P + "node_label_zone")).isEqualTo("b");
  }

  @Test
  void laterOfTwoNamesThatBecomeOneCountsIfItHasAValue() {
    Labels both = Labels.of("a_b", "underscore", "a.b", "dot");
    assertThat(labelsOf(both).get(P + "pod_label_a_b")).isEqualTo("underscore");
    Labels empty = Labels.of("a_b", "", "a.b", "dot");
    assertThat(labelsOf(empty).get(P + "pod_label_a_b")).isEqualTo("dot");
    assertThat(labelsOf(empty).get(P + "pod_labelpresent_a_b")).isEqualTo("true");
  }

  @Test
  @Timeout(20)
  void manyRulesAndTlsHostsOfAnIngressAreMatchedInLinearTime() {
    int many = 60_000;
    List<String> hosts = IntStream.range(0, many).mapToObj(i -> "*.a" + i + ".b").toList();
    List<IngressView.Rule> rules =
        IntStream.range(0, many)
            .mapToObj(i -> new IngressView.Rule("h." + (i % 2 == 0 ? "a" : "c") + i + ".b", null))
            .toList();
    TargetGroup group =
        new IngressGroupBuilder(AttachMetadata.NONE)
            .build(
                new IngressView(meta("shop", "web", Labels.EMPTY, null), null, rules, hosts),
                lookup);
    assertThat(group.targets())
        .extracting(target -> target.get(P + "ingress_scheme"))
        .startsWith("https", "http", "https", "http")
        .hasSize(many);
  }

  @Test
  @Timeout(20)
  void manyPortsOfManyEndpointsOfOnePodAreMatchedInLinearTime() {
    int many = 30_000;
    List<PodView.Port> ports =
        IntStream.range(0, many).mapToObj(i -> new PodView.Port("p", i, "TCP")).toList();
    PodView.Container container = new PodView.Container("app", "image", "", false, ports);
    ObjectMeta meta = meta("shop", "web", Labels.EMPTY, null);
    lookup.put(
        "pod", new PodView(meta, "10.0.0.1", "", "", "", "n", List.of(container), List.of()));
    ObjectRef ref = new ObjectRef("Pod", "shop", "web");
    EndpointsView.Address address = new EndpointsView.Address("10.0.0.1", "", null, ref);
    List<EndpointsView.Subset> subsets =
        IntStream.range(0, many)
            .mapToObj(
                i ->
                    new EndpointsView.Subset(
                        List.of(address),
                        List.of(),
                        List.of(new EndpointsView.Port("", 2 * i, "TCP", null))))
            .toList();
    TargetGroup group =
        new EndpointsGroupBuilder(AttachMetadata.NONE)
            .build(new EndpointsView(meta("shop", "web", Labels.EMPTY, null), subsets), lookup);
    assertThat(group.targets()).hasSize(many + many / 2);
  }

  @Test
  @Timeout(20)
  void aGroupBeyondItsLimitIsRefusedBeforeItsTargetsAreMade() {
    List<String> addresses = IntStream.range(0, 3_000).mapToObj(i -> "10.0.0." + i).toList();
    EndpointSliceView slice =
        new EndpointSliceView(
            meta("shop", "web", Labels.EMPTY, null),
            "IPv4",
            List.of(endpoint(addresses)),
            Collections.nCopies(3_000, new EndpointSliceView.Port("p", 1, "TCP", null)));
    refused(new EndpointSliceGroupBuilder(AttachMetadata.NONE), slice);
    EndpointsView endpoints =
        new EndpointsView(
            meta("shop", "web", Labels.EMPTY, null),
            List.of(
                new EndpointsView.Subset(
                    addresses.stream()
                        .map(ip -> new EndpointsView.Address(ip, "", null, null))
                        .toList(),
                    List.of(),
                    Collections.nCopies(3_000, new EndpointsView.Port("p", 1, "TCP", null)))));
    refused(new EndpointsGroupBuilder(AttachMetadata.NONE), endpoints);
  }

  @Test
  @Timeout(20)
  void labelsOfPodsAndServicesCountForEachTarget() {
    Labels.Builder labels = Labels.builder();
    for (int i = 0; i < 20_000; i++) {
      labels.set("l" + i, "v");
    }
    lookup.put("pod", pod(meta("shop", "web", labels.build(), null), "10.0.0.1", ""));
    ObjectRef ref = new ObjectRef("Pod", "shop", "web");
    EndpointsView.Subset subset =
        new EndpointsView.Subset(
            Collections.nCopies(15_000, new EndpointsView.Address("10.0.0.1", "", null, ref)),
            List.of(),
            List.of(new EndpointsView.Port("p", 1, "TCP", null)));
    EndpointsView endpoints =
        new EndpointsView(meta("shop", "web", Labels.EMPTY, null), List.of(subset));
    refused(new EndpointsGroupBuilder(AttachMetadata.NONE), endpoints);
    IngressView ingress =
        new IngressView(
            meta("shop", "web", labels.build(), null),
            null,
            Collections.nCopies(1_000, new IngressView.Rule("h", null)),
            List.of());
    refused(new IngressGroupBuilder(AttachMetadata.NONE), ingress);
  }

  private <V extends KubeObject> void refused(GroupBuilder<V> builder, V object) {
    GroupMemory memory = new GroupMemory(32 << 20);
    assertThatThrownBy(() -> builder.build(object, lookup, memory))
        .isInstanceOf(GroupMemory.TooLargeException.class)
        .hasMessageContaining("more than about 32 MiB");
  }

  private static EndpointSliceView.Endpoint endpoint(List<String> addresses) {
    return new EndpointSliceView.Endpoint(
        addresses, true, null, null, null, null, null, null, Labels.EMPTY);
  }

  @Test
  void moreNamesThanAreRememberedStillGiveAllLabels() {
    PodGroupBuilder builder = new PodGroupBuilder(AttachMetadata.NONE);
    for (int start = 0; start < 30_000; start += 10_000) {
      int from = start;
      Labels.Builder labels = Labels.builder(10_000);
      IntStream.range(from, from + 10_000)
          .mapToObj(i -> String.format("k%05d", i))
          .forEach(name -> labels.set(name, "v"));
      Labels group = builder.build(pod(labels.build()), lookup).labels();
      assertThat(group.get(P + "pod_label_" + String.format("k%05d", from + 9_999))).isEqualTo("v");
    }
  }

  @Test
  void emptyValuesAreLeftOut() {
    Labels labels = labelsOf(Labels.of("empty", ""));
    assertThat(labels.has(P + "pod_label_empty")).isFalse();
    assertThat(labels.get(P + "pod_labelpresent_empty")).isEqualTo("true");
    assertThat(labels.has(P + "pod_host_ip")).isFalse();
    assertThat(labels.get(P + "pod_ready")).isEqualTo("unknown");
  }

  @Test
  void lowerCaseIsCodePointByCodePoint() {
    assertThat(MetaLabels.lower("İSTANBUL ΟΔΟΣ ß")).isEqualTo("istanbul οδοσ ß");
    assertThat(MetaLabels.lower("Unknown")).isEqualTo("unknown");
    assertThat(MetaLabels.sanitize("a-é😀.B_9")).isEqualTo("a____B_9");
  }

  @Test
  void nodeWithoutUsableAddressHasNoTarget() {
    NodeView odd =
        new NodeView(
            meta("", "n", Labels.EMPTY, null),
            "",
            List.of(new NodeView.Address("Odd", "1.1.1.1")),
            List.of(),
            10250);
    assertThat(new NodeGroupBuilder().build(odd, lookup)).isEqualTo(TargetGroup.empty("node/n"));
  }

  @Test
  void nodeIsScrapedAtTheFirstAddressOfThePreferredType() {
    NodeView node =
        new NodeView(
            meta("", "n", Labels.EMPTY, null),
            "",
            List.of(
                new NodeView.Address("Hostname", "n.example.com"),
                new NodeView.Address("ExternalIP", "203.0.113.1"),
                new NodeView.Address("ExternalIP", "203.0.113.2")),
            List.of(),
            10250);
    TargetGroup group = new NodeGroupBuilder().build(node, lookup);
    assertThat(addresses(group)).containsExactly("203.0.113.1:10250");
    assertThat(group.targets().get(0).get(P + "node_address_ExternalIP")).isEqualTo("203.0.113.1");
  }

  @Test
  void ingressHostMatchesWildcardsOfItsFirstPart() {
    List<String> tls = List.of("*.example.com", "exact.org", "*");
    assertThat(scheme("a.example.com", tls)).isEqualTo("https");
    assertThat(scheme("a.b.example.com", tls)).isEqualTo("http");
    assertThat(scheme("example.com", tls)).isEqualTo("http");
    assertThat(scheme("exact.org", tls)).isEqualTo("https");
    assertThat(scheme("single", tls)).isEqualTo("https");
    assertThat(scheme("single", List.of("*.example.com"))).isEqualTo("http");
  }

  @Test
  void ingressRuleWithoutPathsHasTheRootOnlyIfItHasNoHttpPart() {
    IngressView ingress =
        new IngressView(
            meta("shop", "in", Labels.EMPTY, null),
            null,
            List.of(
                new IngressView.Rule("a", null),
                new IngressView.Rule("b", List.of()),
                new IngressView.Rule("c", List.of("", "/x"))),
            List.of());
    TargetGroup group = new IngressGroupBuilder(AttachMetadata.NONE).build(ingress, lookup);
    assertThat(group.targets())
        .extracting(target -> target.get("__address__") + target.get(P + "ingress_path"))
        .containsExactly("a/", "c/", "c/x");
  }

  @Test
  void sliceOfTheSecondFamilyHasNoTargets() {
    EndpointSliceGroupBuilder builder = new EndpointSliceGroupBuilder(AttachMetadata.NONE);
    EndpointSliceView slice = slice("IPv6", endpoint("fd00::1", null, null));
    assertThat(builder.build(slice, lookup).isEmpty()).isFalse();
    lookup.put("service", service(List.of("IPv4")));
    assertThat(builder.build(slice, lookup).isEmpty()).isTrue();
    lookup.put("service", service(List.of()));
    assertThat(builder.build(slice, lookup).isEmpty()).isFalse();
  }

  @Test
  void endpointsPreferTheNodeTheyAreOnAndSlicesTheNodeTheyStandFor() {
    lookup.put("node", node("on", Labels.EMPTY)).put("node", node("for", Labels.EMPTY));
    ObjectRef target = new ObjectRef("Node", "", "for");
    EndpointsView endpoints =
        new EndpointsView(
            meta("shop", "web", Labels.EMPTY, null),
            List.of(
                new EndpointsView.Subset(
                    List.of(new EndpointsView.Address("1.1.1.1", "", "on", target)),
                    List.of(),
                    List.of(new EndpointsView.Port("", 80, "TCP", null)))));
    TargetGroup group = new EndpointsGroupBuilder(NODES).build(endpoints, lookup);
    assertThat(group.targets().get(0).get(P + "node_name")).isEqualTo("on");
    TargetGroup slices =
        new EndpointSliceGroupBuilder(NODES)
            .build(slice("IPv4", endpoint("1.1.1.1", target, "on")), lookup);
    assertThat(slices.targets().get(0).get(P + "node_name")).isEqualTo("for");
  }

  @Test
  void uncoveredPortsOfAPodAreTargetsOnce() {
    lookup.put("pod", pod("10.0.0.1", "n", null));
    ObjectRef target = new ObjectRef("Pod", "shop", "web");
    TargetGroup group =
        new EndpointSliceGroupBuilder(AttachMetadata.NONE)
            .build(
                slice("IPv4", endpoint("10.0.0.1", target, null), endpoint("x", target, null)),
                lookup);
    assertThat(addresses(group)).containsExactly("10.0.0.1:8080", "x:8080", "10.0.0.1:9090");
  }

  @Test
  void topologyNamesThatCollideGoByTheLaterOriginalName() {
    EndpointSliceView.Endpoint odd =
        new EndpointSliceView.Endpoint(
            List.of("1.1.1.1"),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            Labels.of("a", "x", "present_a", "y"));
    TargetGroup group =
        new EndpointSliceGroupBuilder(AttachMetadata.NONE).build(slice("IPv4", odd), lookup);
    assertThat(group.targets().get(0).get(P + "endpointslice_endpoint_topology_present_a"))
        .isEqualTo("y");
  }

  @Test
  void labelsAreSortedWhateverTheOrderOfTheOriginals() {
    Labels labels = labelsOf(Labels.of("b-c", "1", "bA", "2", "b0", "3", "b.c/d", "4"));
    for (int i = 1; i < labels.size(); i++) {
      assertThat(labels.name(i)).isGreaterThan(labels.name(i - 1));
    }
  }

  private Labels labelsOf(Labels own) {
    return new PodGroupBuilder(AttachMetadata.NONE).build(pod(own), lookup).labels();
  }

  private String scheme(String host, List<String> tls) {
    IngressView ingress =
        new IngressView(
            meta("shop", "in", Labels.EMPTY, null),
            null,
            List.of(new IngressView.Rule(host, null)),
            tls);
    TargetGroup group = new IngressGroupBuilder(AttachMetadata.NONE).build(ingress, lookup);
    return group.targets().get(0).getOrEmpty(P + "ingress_scheme");
  }

  private static List<String> addresses(TargetGroup group) {
    return group.targets().stream().map(target -> target.getOrEmpty("__address__")).toList();
  }

  private static OwnerRef owner(String kind) {
    return new OwnerRef(kind, "web-1");
  }

  private static ObjectMeta meta(
      String namespace, String name, Labels labels, @Nullable OwnerRef owner) {
    return new ObjectMeta(new ObjectKey(namespace, name), "u", 1, labels, Labels.EMPTY, owner);
  }

  private static MetadataView plain(String namespace, String name, OwnerRef owner) {
    return new MetadataView(meta(namespace, name, Labels.EMPTY, owner));
  }

  private static NodeView node(String name, Labels labels) {
    return new NodeView(meta("", name, labels, null), "", List.of(), List.of(), 0);
  }

  private static PodView pod(Labels labels) {
    return pod(meta("shop", "web", labels, null), "10.0.0.1", "");
  }

  private static PodView pod(String ip, String node, @Nullable OwnerRef owner) {
    return pod(meta("shop", "web", Labels.EMPTY, owner), ip, node);
  }

  private static PodView pod(ObjectMeta meta, String ip, String node) {
    PodView.Container app =
        new PodView.Container(
            "app",
            "image",
            "",
            false,
            List.of(new PodView.Port("http", 8080, "TCP"), new PodView.Port("", 9090, "TCP")));
    PodView.Container init = new PodView.Container("init", "image", "", true, List.of());
    return new PodView(meta, ip, "", "Running", "", node, List.of(app, init), List.of());
  }

  private static ServiceView service(List<String> families) {
    return new ServiceView(
        meta("shop", "web", Labels.EMPTY, null),
        "ClusterIP",
        "",
        "",
        "",
        List.of(),
        families,
        List.of(),
        List.of(),
        List.of());
  }

  private static EndpointSliceView slice(String type, EndpointSliceView.Endpoint... endpoints) {
    return new EndpointSliceView(
        meta("shop", "web-x", Labels.of("kubernetes.io/service-name", "web"), null),
        type,
        List.of(endpoints),
        List.of(new EndpointSliceView.Port("http", 8080, "TCP", null)));
  }

  private static EndpointSliceView.Endpoint endpoint(
      String address, @Nullable ObjectRef target, @Nullable String node) {
    return new EndpointSliceView.Endpoint(
        List.of(address), true, null, null, null, target, node, null, Labels.EMPTY);
  }
}
