package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.Comparator;
import java.util.List;

/** An application of the demo cluster: a deployment with its service. For one thread. */
final class DemoWorkload {
  private final SimCluster cluster;
  private final String namespace;
  private final String app;
  private final int port;
  private final int metricsPort;

  /** empty if its pods are not annotated for scraping */
  private final String metricsPath;

  private int version = 1;
  private int replicas;
  private int podsCreated;

  DemoWorkload(
      SimCluster cluster,
      String namespace,
      String app,
      int replicas,
      int port,
      int metricsPort,
      String metricsPath) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.app = app;
    this.replicas = replicas;
    this.port = port;
    this.metricsPort = metricsPort;
    this.metricsPath = metricsPath;
  }

  String namespace() {
    return namespace;
  }

  String app() {
    return app;
  }

  int version() {
    return version;
  }

  void upgrade() {
    version++;
  }

  int replicas() {
    return replicas;
  }

  void scale(int newReplicas) {
    replicas = newReplicas;
  }

  /** Returns the hash in the names of replica sets, another one for every version. */
  private String hash() {
    return "%08x".formatted((app + version).hashCode());
  }

  private String replicaSetName() {
    return app + "-" + hash();
  }

  void applyReplicaSet() {
    cluster.apply(
        new ObjectTemplate("replicaset")
            .with("name", replicaSetName())
            .with("namespace", namespace)
            .with("app", app)
            .with("hash", hash())
            .with("replicas", replicas)
            .object());
  }

  /** Creates a pod without a node and an address; returns its name. */
  String createPod() {
    podsCreated++;
    String name =
        replicaSetName() + "-" + "%05x".formatted((app.hashCode() ^ podsCreated * 7919) & 0xfffff);
    ObjectNode pod =
        new ObjectTemplate("pod")
            .with("name", name)
            .with("namespace", namespace)
            .with("app", app)
            .with("version", version)
            .with("hash", hash())
            .with("replicaSet", replicaSetName())
            .with("port", port)
            .with("metricsPort", metricsPort)
            .with("metricsPath", metricsPath)
            .object();
    if (metricsPath.isEmpty()) {
      KubernetesJson.child(pod, "metadata").putObject("annotations");
    }
    cluster.create(pod);
    return name;
  }

  void applyService(int number) {
    cluster.apply(
        new ObjectTemplate("service")
            .with("namespace", namespace)
            .with("app", app)
            .with("scraped", !metricsPath.isEmpty())
            .with("number", number)
            .with("metricsPort", metricsPort)
            .object());
  }

  /** Returns its pods, those of older versions first. */
  List<ObjectNode> pods() {
    return cluster.list(Resource.PODS, namespace, "app=" + app + ",pod-template-hash", "").stream()
        .sorted(
            Comparator.comparing(pod -> KubernetesJson.text(pod, "metadata", "labels", "version")))
        .toList();
  }

  /** Writes endpoints and slice from the pods, as Kubernetes's controllers do. */
  void syncEndpoints() {
    ObjectNode endpoints = header("v1", "Endpoints", app);
    ObjectNode slice = header("discovery.k8s.io/v1", "EndpointSlice", app + "-1");
    slice.put("addressType", "IPv4");
    ((ObjectNode) slice.at("/metadata/labels")).put("kubernetes.io/service-name", app);
    ArrayNode sliceEndpoints = slice.putArray("endpoints");
    ObjectNode subset = KubernetesJson.object();
    for (ObjectNode pod : pods()) {
      String ip = KubernetesJson.text(pod, "status", "podIP");
      if (!ip.isEmpty()) {
        boolean terminating = pod.path("metadata").has("deletionTimestamp");
        boolean ready =
            !terminating && pod.at("/status/conditions/1/status").asText().equals("True");
        ObjectNode address =
            subset.withArray(ready ? "addresses" : "notReadyAddresses").addObject();
        refer(address.put("ip", ip), pod);
        ObjectNode endpoint = sliceEndpoints.addObject();
        endpoint.putArray("addresses").add(ip);
        endpoint
            .putObject("conditions")
            .put("ready", ready)
            .put("serving", ready)
            .put("terminating", terminating);
        refer(endpoint, pod);
      }
    }
    if (!subset.isEmpty()) {
      ports(subset.putArray("ports"));
      endpoints.putArray("subsets").add(subset);
    }
    ports(slice.putArray("ports"));
    cluster.apply(endpoints);
    cluster.apply(slice);
  }

  private ObjectNode header(String apiVersion, String kind, String name) {
    ObjectNode object = KubernetesJson.object().put("apiVersion", apiVersion).put("kind", kind);
    ObjectNode metadata = object.putObject("metadata");
    metadata.put("name", name).put("namespace", namespace);
    metadata.putObject("labels").put("app", app);
    ObjectTemplate.setUids(object);
    return object;
  }

  /** Sets the references to the pod and its node. */
  private static void refer(ObjectNode endpoint, ObjectNode pod) {
    endpoint.put("nodeName", KubernetesJson.text(pod, "spec", "nodeName"));
    ObjectNode target = endpoint.putObject("targetRef").put("kind", "Pod");
    for (String field : List.of("namespace", "name", "uid")) {
      target.put(field, KubernetesJson.text(pod, "metadata", field));
    }
  }

  private void ports(ArrayNode ports) {
    ports.addObject().put("name", "http").put("port", port).put("protocol", "TCP");
    ports.addObject().put("name", "metrics").put("port", metricsPort).put("protocol", "TCP");
  }
}
