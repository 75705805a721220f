package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.Json;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.List;

/** An application of the demo cluster: a deployment with its service. For one thread. */
final class DemoWorkload {
  private final SimCluster cluster;
  private final String namespace;
  private final String app;
  private final int port;
  private final int metricsPort;
  private final String metricsPath;
  private int version = 1;
  private int replicas;
  private int podsMade;

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

  int port() {
    return port;
  }

  int metricsPort() {
    return metricsPort;
  }

  String metricsPath() {
    return metricsPath;
  }

  /** Whether its pods say that they want to be scraped. */
  boolean scraped() {
    return !metricsPath.isEmpty();
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

  /** As in the names of replica sets: another one for every version. */
  String hash() {
    return "%08x".formatted((app + version).hashCode());
  }

  String replicaSet() {
    return app + "-" + hash();
  }

  String nextPodName() {
    podsMade++;
    return replicaSet() + "-" + "%05x".formatted((app.hashCode() ^ podsMade * 7919) & 0xfffff);
  }

  /** Its pods, those of older versions first. */
  List<ObjectNode> pods() {
    return cluster.list(Resource.PODS, namespace, "app=" + app + ",pod-template-hash", "").stream()
        .sorted((a, b) -> version(a).compareTo(version(b)))
        .toList();
  }

  private static String version(ObjectNode pod) {
    return Json.text(pod, "metadata", "labels", "version");
  }

  /** Writes endpoints and slice anew from the pods, as Kubernetes's controllers do. */
  void syncEndpoints() {
    ObjectNode endpoints = header("v1", "Endpoints", app);
    ObjectNode slice = header("discovery.k8s.io/v1", "EndpointSlice", app + "-1");
    slice.put("addressType", "IPv4");
    Json.child(Json.child(slice, "metadata"), "labels").put("kubernetes.io/service-name", app);
    ArrayNode sliceEndpoints = slice.putArray("endpoints");
    ObjectNode subset = Json.object();
    for (ObjectNode pod : pods()) {
      if (!Json.text(pod, "status", "podIP").isEmpty()) {
        boolean ready = isReady(pod);
        address(subset.withArray(ready ? "addresses" : "notReadyAddresses").addObject(), pod);
        sliceEndpoint(sliceEndpoints.addObject(), pod, ready);
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
    ObjectNode object = Json.object().put("apiVersion", apiVersion).put("kind", kind);
    ObjectNode metadata = object.putObject("metadata");
    metadata.put("name", name).put("namespace", namespace);
    metadata.put("uid", DemoObjects.uid(kind, namespace, name));
    metadata.putObject("labels").put("app", app);
    return object;
  }

  private static boolean isReady(ObjectNode pod) {
    return pod.path("status").path("conditions").path(1).path("status").asText().equals("True")
        && !pod.path("metadata").has("deletionTimestamp");
  }

  private static void address(ObjectNode address, ObjectNode pod) {
    address.put("ip", Json.text(pod, "status", "podIP"));
    address.put("nodeName", Json.text(pod, "spec", "nodeName"));
    target(address, pod);
  }

  private static void sliceEndpoint(ObjectNode endpoint, ObjectNode pod, boolean ready) {
    endpoint.putArray("addresses").add(Json.text(pod, "status", "podIP"));
    endpoint
        .putObject("conditions")
        .put("ready", ready)
        .put("serving", ready)
        .put("terminating", pod.path("metadata").has("deletionTimestamp"));
    endpoint.put("nodeName", Json.text(pod, "spec", "nodeName"));
    target(endpoint, pod);
  }

  private static void target(ObjectNode endpoint, ObjectNode pod) {
    endpoint
        .putObject("targetRef")
        .put("kind", "Pod")
        .put("namespace", Json.text(pod, "metadata", "namespace"))
        .put("name", Json.text(pod, "metadata", "name"))
        .put("uid", Json.text(pod, "metadata", "uid"));
  }

  private void ports(ArrayNode ports) {
    ports.addObject().put("name", "http").put("port", port).put("protocol", "TCP");
    ports.addObject().put("name", "metrics").put("port", metricsPort).put("protocol", "TCP");
  }
}
