package io.promdisco.providers.kubernetes.client.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime.RawExtension;
import io.kubernetes.client.proto.Runtime.TypeMeta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Apps;
import io.kubernetes.client.proto.V1Batch;
import io.kubernetes.client.proto.V1Discovery;
import io.kubernetes.client.proto.V1Networking;
import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.IngressView;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One object of every kind: as the generated protobuf classes encode it, as JSON, and its view. */
public record SampleObjects<V extends KubeObject>(
    Resource<V> resource, MessageLite message, String json, V view) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  public static final SampleObjects<PodView> POD =
      new SampleObjects<>(Resource.PODS, podMessage(), podJson(), podView());

  public static final List<SampleObjects<?>> ALL =
      List.of(
          POD,
          node(),
          service(),
          endpoints(),
          slice(),
          ingress(),
          namespace(),
          replicaSet(),
          job());

  public JsonNode tree() {
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The object in its envelope. */
  public byte[] envelope() {
    return envelope(resource.apiVersion(), resource.kind(), message);
  }

  public static byte[] envelope(String apiVersion, String kind, MessageLite message) {
    Unknown unknown =
        Unknown.newBuilder()
            .setTypeMeta(TypeMeta.newBuilder().setApiVersion(apiVersion).setKind(kind))
            .setRaw(message.toByteString())
            .setContentEncoding("")
            .setContentType("")
            .build();
    return ByteString.copyFrom(new byte[] {'k', '8', 's', 0})
        .concat(unknown.toByteString())
        .toByteArray();
  }

  /** The object in a watch event, without the frame's length. */
  public byte[] event(String type) {
    return event(type, envelope());
  }

  public static byte[] event(String type, byte[] envelope) {
    return Meta.WatchEvent.newBuilder()
        .setType(type)
        .setObject(RawExtension.newBuilder().setRaw(ByteString.copyFrom(envelope)))
        .build()
        .toByteArray();
  }

  public static byte[] frame(byte[] event) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      DataOutputStream data = new DataOutputStream(out);
      data.writeInt(event.length);
      data.write(event);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static byte[] bookmark(String version, boolean end) {
    Meta.ObjectMeta.Builder meta = Meta.ObjectMeta.newBuilder().setResourceVersion(version);
    if (end) {
      meta.putAnnotations("k8s.io/initial-events-end", "true");
    }
    return event("BOOKMARK", envelope("v1", "Pod", V1.Pod.newBuilder().setMetadata(meta).build()));
  }

  public static byte[] error(int code, String reason, String message) {
    return event("ERROR", envelope("v1", "Status", status(code, reason, message, 7)));
  }

  public static Meta.Status status(int code, String reason, String message, int retryAfter) {
    return Meta.Status.newBuilder()
        .setMetadata(Meta.ListMeta.newBuilder())
        .setStatus("Failure")
        .setMessage(message)
        .setReason(reason)
        .setDetails(Meta.StatusDetails.newBuilder().setRetryAfterSeconds(retryAfter))
        .setCode(code)
        .build();
  }

  /** Metadata with all fields that are read and many that are not. */
  private static Meta.ObjectMeta meta(String namespace, String name) {
    return Meta.ObjectMeta.newBuilder()
        .setName(name)
        .setGenerateName("web-")
        .setNamespace(namespace)
        .setSelfLink("")
        .setUid("11-22-33")
        .setResourceVersion("123456789012")
        .setGeneration(3)
        .setCreationTimestamp(Meta.Time.newBuilder().setSeconds(1_700_000_000))
        .setDeletionGracePeriodSeconds(30)
        .putLabels("zone", "züri")
        .putLabels("app", "web")
        .putLabels("empty", "")
        .putAnnotations("prometheus.io/scrape", "true")
        .putAnnotations("checksum", "0123456789abcdef".repeat(8))
        .addOwnerReferences(
            Meta.OwnerReference.newBuilder().setKind("Other").setName("not-me").setUid("u"))
        .addOwnerReferences(
            Meta.OwnerReference.newBuilder()
                .setApiVersion("apps/v1")
                .setKind("ReplicaSet")
                .setName("web-6f")
                .setUid("u2")
                .setController(true)
                .setBlockOwnerDeletion(true))
        .addFinalizers("keep")
        .addManagedFields(
            Meta.ManagedFieldsEntry.newBuilder()
                .setManager("kubelet")
                .setFieldsV1(
                    Meta.FieldsV1.newBuilder()
                        .setRaw(ByteString.copyFromUtf8("{\"f:status\":{}}".repeat(40)))))
        .build();
  }

  private static String metaJson(String namespace, String name) {
    return """
    "metadata": {"name": "%s", "generateName": "web-", "namespace": "%s", "uid": "11-22-33",
      "resourceVersion": "123456789012", "generation": 3,
      "creationTimestamp": "2023-11-14T22:13:20Z", "deletionTimestamp": null,
      "labels": {"zone": "züri", "app": "web", "empty": ""},
      "annotations": {"prometheus.io/scrape": "true", "checksum": "%s"},
      "ownerReferences": [{"kind": "Other", "name": "not-me", "uid": "u"},
        {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-6f", "controller": true}],
      "managedFields": [{"manager": "kubelet", "fieldsV1": {"f:status": {}}}]}
    """
        .formatted(name, namespace, "0123456789abcdef".repeat(8));
  }

  private static ObjectMeta metaView(String namespace, String name) {
    return new ObjectMeta(
        new ObjectKey(namespace, name),
        "11-22-33",
        123456789012L,
        Labels.of("app", "web", "empty", "", "zone", "züri"),
        Labels.of("checksum", "0123456789abcdef".repeat(8), "prometheus.io/scrape", "true"),
        new ObjectMeta.OwnerRef("ReplicaSet", "web-6f"));
  }

  private static V1.Pod podMessage() {
    return V1.Pod.newBuilder()
        .setMetadata(meta("shop", "web-1"))
        .setSpec(
            V1.PodSpec.newBuilder()
                .addVolumes(V1.Volume.newBuilder().setName("data"))
                .addInitContainers(V1.Container.newBuilder().setName("init").setImage("busybox:1"))
                .addContainers(
                    V1.Container.newBuilder()
                        .setName("web")
                        .setImage("web:2")
                        .addCommand("run")
                        .addPorts(
                            V1.ContainerPort.newBuilder()
                                .setName("http")
                                .setHostPort(9)
                                .setContainerPort(8080)
                                .setProtocol("TCP")
                                .setHostIP(""))
                        .addPorts(
                            V1.ContainerPort.newBuilder().setContainerPort(53).setProtocol("UDP"))
                        .addEnv(V1.EnvVar.newBuilder().setName("A").setValue("B")))
                .addContainers(V1.Container.newBuilder().setName("side").setImage("side:1"))
                .setNodeName("node-1")
                .addEphemeralContainers(
                    V1.EphemeralContainer.newBuilder()
                        .setEphemeralContainerCommon(
                            V1.EphemeralContainerCommon.newBuilder().setName("debug")))
                .setPriority(-5))
        .setStatus(
            V1.PodStatus.newBuilder()
                .setPhase("Running")
                .addConditions(
                    V1.PodCondition.newBuilder().setType("Initialized").setStatus("True"))
                .addConditions(V1.PodCondition.newBuilder().setType("Ready").setStatus("False"))
                .addConditions(V1.PodCondition.newBuilder().setType("Ready").setStatus("True"))
                .setHostIP("10.0.0.1")
                .setPodIP("10.1.0.1")
                .addPodIPs(V1.PodIP.newBuilder().setIp("10.1.0.1"))
                .addPodIPs(V1.PodIP.newBuilder().setIp("fd00::1"))
                .addContainerStatuses(status("web", "containerd://w1"))
                .addContainerStatuses(status("web", "containerd://w2"))
                .addInitContainerStatuses(status("init", "containerd://i1"))
                .addInitContainerStatuses(status("side", "containerd://wrong-list"))
                .addEphemeralContainerStatuses(status("debug", "containerd://d1")))
        .build();
  }

  private static V1.ContainerStatus.Builder status(String name, String id) {
    return V1.ContainerStatus.newBuilder()
        .setName(name)
        .setReady(true)
        .setRestartCount(300)
        .setImageID("sha256:00")
        .setContainerID(id);
  }

  private static String podJson() {
    return """
    {"apiVersion": "v1", "kind": "Pod", %s,
     "spec": {"volumes": [{"name": "data"}], "priority": -5,
       "initContainers": [{"name": "init", "image": "busybox:1"}],
       "containers": [{"name": "web", "image": "web:2", "command": ["run"], "ports": [
           {"name": "http", "hostPort": 9, "containerPort": 8080, "protocol": "TCP"},
           {"containerPort": 53, "protocol": "UDP"}]},
         {"name": "side", "image": "side:1"}],
       "ephemeralContainers": [{"name": "debug"}], "nodeName": "node-1"},
     "status": {"phase": "Running", "hostIP": "10.0.0.1", "podIP": "10.1.0.1",
       "podIPs": [{"ip": "10.1.0.1"}, {"ip": "fd00::1"}],
       "conditions": [{"type": "Initialized", "status": "True"},
         {"type": "Ready", "status": "False"}, {"type": "Ready", "status": "True"}],
       "containerStatuses": [{"name": "web", "containerID": "containerd://w1"},
         {"name": "web", "containerID": "containerd://w2"}],
       "initContainerStatuses": [{"name": "init", "containerID": "containerd://i1"},
         {"name": "side", "containerID": "containerd://wrong-list"}],
       "ephemeralContainerStatuses": [{"name": "debug", "containerID": "containerd://d1"}]}}
    """
        .formatted(metaJson("shop", "web-1"));
  }

  private static PodView podView() {
    return new PodView(
        metaView("shop", "web-1"),
        "10.1.0.1",
        "10.0.0.1",
        "Running",
        "False",
        "node-1",
        List.of(
            new PodView.Container(
                "web",
                "web:2",
                "containerd://w1",
                false,
                List.of(new PodView.Port("http", 8080, "TCP"), new PodView.Port("", 53, "UDP"))),
            new PodView.Container("side", "side:1", "", false, List.of()),
            new PodView.Container("init", "busybox:1", "containerd://i1", true, List.of())),
        List.of("fd00::1"));
  }

  private static SampleObjects<NodeView> node() {
    V1.Node message =
        V1.Node.newBuilder()
            .setMetadata(meta("", "node-1"))
            .setSpec(
                V1.NodeSpec.newBuilder()
                    .setPodCIDR("10.0.0.0/24")
                    .setProviderID("kind://node-1")
                    .setUnschedulable(true))
            .setStatus(
                V1.NodeStatus.newBuilder()
                    .setPhase("x")
                    .addConditions(
                        V1.NodeCondition.newBuilder()
                            .setType("Ready")
                            .setStatus("True")
                            .setReason("KubeletReady"))
                    .addAddresses(
                        V1.NodeAddress.newBuilder().setType("InternalIP").setAddress("10.0.0.1"))
                    .addAddresses(
                        V1.NodeAddress.newBuilder().setType("Hostname").setAddress("node-1"))
                    .setDaemonEndpoints(
                        V1.NodeDaemonEndpoints.newBuilder()
                            .setKubeletEndpoint(V1.DaemonEndpoint.newBuilder().setPort(10250)))
                    .addImages(V1.ContainerImage.newBuilder().addNames("a").setSizeBytes(7)))
            .build();
    String json =
        """
        {"kind": "Node", %s, "spec": {"podCIDR": "10.0.0.0/24", "providerID": "kind://node-1"},
         "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
           "addresses": [{"type": "InternalIP", "address": "10.0.0.1"},
             {"type": "Hostname", "address": "node-1"}],
           "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
           "images": [{"names": ["a"], "sizeBytes": 7}]}}
        """
            .formatted(metaJson("", "node-1"));
    NodeView view =
        new NodeView(
            metaView("", "node-1"),
            "kind://node-1",
            List.of(
                new NodeView.Address("InternalIP", "10.0.0.1"),
                new NodeView.Address("Hostname", "node-1")),
            List.of(new NodeView.Condition("Ready", "True")),
            10250);
    return new SampleObjects<>(Resource.NODES, message, json, view);
  }

  private static SampleObjects<ServiceView> service() {
    V1.Service message =
        V1.Service.newBuilder()
            .setMetadata(meta("shop", "web"))
            .setSpec(
                V1.ServiceSpec.newBuilder()
                    .addPorts(
                        V1.ServicePort.newBuilder()
                            .setName("http")
                            .setProtocol("TCP")
                            .setAppProtocol("h2c")
                            .setPort(80)
                            .setNodePort(30080))
                    .addPorts(V1.ServicePort.newBuilder().setProtocol("UDP").setPort(53))
                    .putSelector("app", "web")
                    .setClusterIP("10.96.0.7")
                    .addClusterIPs("10.96.0.7")
                    .addClusterIPs("fd00::7")
                    .addExternalIPs("9.9.9.9")
                    .setType("LoadBalancer")
                    .setLoadBalancerIP("1.2.3.4")
                    .setExternalName("ext.example")
                    .setIpFamilyPolicy("PreferDualStack")
                    .addIpFamilies("IPv4")
                    .addIpFamilies("IPv6"))
            .setStatus(
                V1.ServiceStatus.newBuilder()
                    .setLoadBalancer(
                        V1.LoadBalancerStatus.newBuilder()
                            .addIngress(V1.LoadBalancerIngress.newBuilder().setIp("5.6.7.8"))
                            .addIngress(V1.LoadBalancerIngress.newBuilder().setHostname("lb"))
                            .addIngress(V1.LoadBalancerIngress.newBuilder().setIp("5.6.7.9"))))
            .build();
    String json =
        """
        {"kind": "Service", %s, "spec": {"ports": [
             {"name": "http", "protocol": "TCP", "appProtocol": "h2c", "port": 80},
             {"protocol": "UDP", "port": 53, "targetPort": "dns"}],
           "clusterIP": "10.96.0.7", "clusterIPs": ["10.96.0.7", "fd00::7"],
           "externalIPs": ["9.9.9.9"], "type": "LoadBalancer", "loadBalancerIP": "1.2.3.4",
           "externalName": "ext.example", "ipFamilyPolicy": "PreferDualStack", "ipFamilies": ["IPv4", "IPv6"]},
         "status": {"loadBalancer": {"ingress": [{"ip": "5.6.7.8"}, {"hostname": "lb"},
           {"ip": "5.6.7.9"}]}}}
        """
            .formatted(metaJson("shop", "web"));
    ServiceView view =
        new ServiceView(
            metaView("shop", "web"),
            "LoadBalancer",
            "10.96.0.7",
            "ext.example",
            "1.2.3.4",
            List.of("5.6.7.8", "5.6.7.9"),
            List.of("IPv4", "IPv6"),
            List.of(
                new ServiceView.Port("http", 80, "TCP", "h2c"),
                new ServiceView.Port("", 53, "UDP", "")),
            List.of("fd00::7", "9.9.9.9"),
            List.of("lb"));
    return new SampleObjects<>(Resource.SERVICES, message, json, view);
  }

  private static V1.ObjectReference.Builder podRef() {
    return V1.ObjectReference.newBuilder()
        .setKind("Pod")
        .setNamespace("shop")
        .setName("web-1")
        .setUid("u");
  }

  private static final String POD_REF =
      "\"targetRef\": {\"kind\": \"Pod\", \"namespace\": \"shop\", \"name\": \"web-1\"}";

  private static SampleObjects<EndpointsView> endpoints() {
    V1.Endpoints message =
        V1.Endpoints.newBuilder()
            .setMetadata(meta("shop", "web"))
            .addSubsets(
                V1.EndpointSubset.newBuilder()
                    .addAddresses(
                        V1.EndpointAddress.newBuilder()
                            .setIp("10.1.0.1")
                            .setHostname("web-1")
                            .setNodeName("node-1")
                            .setTargetRef(podRef()))
                    .addNotReadyAddresses(V1.EndpointAddress.newBuilder().setIp("10.1.0.2"))
                    .addPorts(
                        V1.EndpointPort.newBuilder()
                            .setName("http")
                            .setPort(8080)
                            .setProtocol("TCP")
                            .setAppProtocol("h2c"))
                    .addPorts(V1.EndpointPort.newBuilder().setPort(1).setProtocol("TCP")))
            .build();
    String json =
        """
        {"kind": "Endpoints", %s, "subsets": [{
           "addresses": [{"ip": "10.1.0.1", "hostname": "web-1", "nodeName": "node-1", %s}],
           "notReadyAddresses": [{"ip": "10.1.0.2"}],
           "ports": [{"name": "http", "port": 8080, "protocol": "TCP", "appProtocol": "h2c"},
             {"port": 1, "protocol": "TCP"}]}]}
        """
            .formatted(metaJson("shop", "web"), POD_REF);
    EndpointsView view =
        new EndpointsView(
            metaView("shop", "web"),
            List.of(
                new EndpointsView.Subset(
                    List.of(
                        new EndpointsView.Address(
                            "10.1.0.1", "web-1", "node-1", new ObjectRef("Pod", "shop", "web-1"))),
                    List.of(new EndpointsView.Address("10.1.0.2", "", null, null)),
                    List.of(
                        new EndpointsView.Port("http", 8080, "TCP", "h2c"),
                        new EndpointsView.Port("", 1, "TCP", null)))));
    return new SampleObjects<>(Resource.ENDPOINTS, message, json, view);
  }

  private static SampleObjects<EndpointSliceView> slice() {
    V1Discovery.EndpointSlice message =
        V1Discovery.EndpointSlice.newBuilder()
            .setMetadata(meta("shop", "web-abc"))
            .addEndpoints(
                V1Discovery.Endpoint.newBuilder()
                    .addAddresses("10.1.0.1")
                    .addAddresses("10.1.0.9")
                    .setConditions(
                        V1Discovery.EndpointConditions.newBuilder()
                            .setReady(true)
                            .setServing(false))
                    .setHostname("web-1")
                    .setTargetRef(podRef())
                    .putDeprecatedTopology("rack", "r1")
                    .setNodeName("node-1")
                    .setZone("z1")
                    .setHints(
                        V1Discovery.EndpointHints.newBuilder()
                            .addForZones(V1Discovery.ForZone.newBuilder().setName("z1"))))
            .addEndpoints(V1Discovery.Endpoint.newBuilder().addAddresses("10.1.0.2"))
            .addPorts(
                V1Discovery.EndpointPort.newBuilder()
                    .setName("")
                    .setProtocol("TCP")
                    .setPort(8080)
                    .setAppProtocol("h2c"))
            .addPorts(V1Discovery.EndpointPort.newBuilder())
            .setAddressType("IPv4")
            .build();
    String json =
        """
        {"kind": "EndpointSlice", %s, "addressType": "IPv4", "endpoints": [
           {"addresses": ["10.1.0.1", "10.1.0.9"], "conditions": {"ready": true, "serving": false},
            "hostname": "web-1", %s, "deprecatedTopology": {"rack": "r1"}, "nodeName": "node-1",
            "zone": "z1", "hints": {"forZones": [{"name": "z1"}]}},
           {"addresses": ["10.1.0.2"], "nodeName": null}],
         "ports": [{"name": "", "protocol": "TCP", "port": 8080, "appProtocol": "h2c"}, {}]}
        """
            .formatted(metaJson("shop", "web-abc"), POD_REF);
    EndpointSliceView view =
        new EndpointSliceView(
            metaView("shop", "web-abc"),
            "IPv4",
            List.of(
                new EndpointSliceView.Endpoint(
                    List.of("10.1.0.1", "10.1.0.9"),
                    true,
                    false,
                    null,
                    "web-1",
                    new ObjectRef("Pod", "shop", "web-1"),
                    "node-1",
                    "z1",
                    Labels.of("rack", "r1")),
                new EndpointSliceView.Endpoint(
                    List.of("10.1.0.2"), null, null, null, null, null, null, null, Labels.EMPTY)),
            List.of(
                new EndpointSliceView.Port("", 8080, "TCP", "h2c"),
                new EndpointSliceView.Port(null, null, null, null)));
    return new SampleObjects<>(Resource.ENDPOINT_SLICES, message, json, view);
  }

  private static SampleObjects<IngressView> ingress() {
    V1Networking.HTTPIngressRuleValue http =
        V1Networking.HTTPIngressRuleValue.newBuilder()
            .addPaths(V1Networking.HTTPIngressPath.newBuilder().setPath("/a").setPathType("Prefix"))
            .addPaths(V1Networking.HTTPIngressPath.newBuilder().setPathType("Exact"))
            .build();
    V1Networking.Ingress message =
        V1Networking.Ingress.newBuilder()
            .setMetadata(meta("shop", "front"))
            .setSpec(
                V1Networking.IngressSpec.newBuilder()
                    .setIngressClassName("nginx")
                    .addTls(
                        V1Networking.IngressTLS.newBuilder()
                            .addHosts("a.example")
                            .addHosts("b.example")
                            .setSecretName("s"))
                    .addTls(V1Networking.IngressTLS.newBuilder().addHosts("c.example"))
                    .addRules(
                        V1Networking.IngressRule.newBuilder()
                            .setHost("a.example")
                            .setIngressRuleValue(
                                V1Networking.IngressRuleValue.newBuilder().setHttp(http)))
                    .addRules(V1Networking.IngressRule.newBuilder().setHost("none.example"))
                    .addRules(
                        V1Networking.IngressRule.newBuilder()
                            .setIngressRuleValue(
                                V1Networking.IngressRuleValue.newBuilder()
                                    .setHttp(V1Networking.HTTPIngressRuleValue.newBuilder()))))
            .build();
    String json =
        """
        {"kind": "Ingress", %s, "spec": {"ingressClassName": "nginx",
           "tls": [{"hosts": ["a.example", "b.example"], "secretName": "s"},
             {"hosts": ["c.example"]}],
           "rules": [{"host": "a.example", "http": {"paths": [
               {"path": "/a", "pathType": "Prefix"}, {"pathType": "Exact"}]}},
             {"host": "none.example"}, {"http": {"paths": []}}]}}
        """
            .formatted(metaJson("shop", "front"));
    IngressView view =
        new IngressView(
            metaView("shop", "front"),
            "nginx",
            List.of(
                new IngressView.Rule("a.example", List.of("/a", "")),
                new IngressView.Rule("none.example", (@Nullable List<String>) null),
                new IngressView.Rule("", List.of())),
            List.of("a.example", "b.example", "c.example"));
    return new SampleObjects<>(Resource.INGRESSES, message, json, view);
  }

  private static SampleObjects<MetadataView> namespace() {
    return new SampleObjects<>(
        Resource.NAMESPACES,
        V1.Namespace.newBuilder()
            .setMetadata(meta("", "shop"))
            .setStatus(V1.NamespaceStatus.newBuilder().setPhase("Active"))
            .build(),
        "{\"kind\": \"Namespace\", " + metaJson("", "shop") + "}",
        new MetadataView(metaView("", "shop")));
  }

  private static SampleObjects<MetadataView> replicaSet() {
    return new SampleObjects<>(
        Resource.REPLICA_SETS,
        V1Apps.ReplicaSet.newBuilder()
            .setMetadata(meta("shop", "web-6f"))
            .setSpec(V1Apps.ReplicaSetSpec.newBuilder().setReplicas(3))
            .build(),
        "{\"kind\": \"ReplicaSet\", "
            + metaJson("shop", "web-6f")
            + ", \"spec\": {\"replicas\": 3}}",
        new MetadataView(metaView("shop", "web-6f")));
  }

  private static SampleObjects<MetadataView> job() {
    return new SampleObjects<>(
        Resource.JOBS,
        V1Batch.Job.newBuilder()
            .setMetadata(meta("shop", "report"))
            .setSpec(V1Batch.JobSpec.newBuilder().setParallelism(2))
            .build(),
        "{\"kind\": \"Job\", " + metaJson("shop", "report") + "}",
        new MetadataView(metaView("shop", "report")));
  }
}
