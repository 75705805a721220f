package io.promdisco.providers.kubernetes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes small manifests. */
final class ManifestFixtures {
  private ManifestFixtures() {}

  static Map<String, Object> node(String name, Map<String, String> labels) {
    Map<String, Object> node = object("Node", "", name, labels);
    node.put(
        "status",
        Map.of("addresses", List.of(Map.of("type", "InternalIP", "address", "10.0.0.1"))));
    return node;
  }

  /**
   * Returns a node that differs from {@link #node} only in fields that other objects do not use.
   */
  static Map<String, Object> nodeThatIs(String ready, String name, Map<String, String> labels) {
    Map<String, Object> node = node(name, labels);
    node.put(
        "status",
        Map.of(
            "addresses",
            List.of(Map.of("type", "InternalIP", "address", "10.0.0.1")),
            "conditions",
            List.of(Map.of("type", "Ready", "status", ready))));
    return node;
  }

  static Map<String, Object> namespace(String name, Map<String, String> labels) {
    return object("Namespace", "", name, labels);
  }

  /** An object that another controls. */
  static Map<String, Object> owned(
      String kind, String namespace, String name, String ownerKind, String owner) {
    Map<String, Object> object = object(kind, namespace, name, Map.of());
    own(object, ownerKind, owner);
    return object;
  }

  static Map<String, Object> pod(
      String namespace,
      String name,
      String node,
      String ownerKind,
      String owner,
      Map<String, String> labels) {
    Map<String, Object> pod = object("Pod", namespace, name, labels);
    own(pod, ownerKind, owner);
    pod.put(
        "spec",
        Map.of(
            "nodeName",
            node,
            "containers",
            List.of(
                Map.of(
                    "name",
                    "app",
                    "image",
                    "app:1",
                    "ports",
                    List.of(Map.of("name", "http", "containerPort", 8080))))));
    pod.put("status", Map.of("podIP", "10.1.0.1", "phase", "Running"));
    return pod;
  }

  static Map<String, Object> service(String namespace, String name, Map<String, String> labels) {
    Map<String, Object> service = object("Service", namespace, name, labels);
    service.put("spec", Map.of("type", "ClusterIP", "ports", List.of(Map.of("port", 80))));
    return service;
  }

  static Map<String, Object> ingress(String namespace, String name) {
    Map<String, Object> ingress = object("Ingress", namespace, name, Map.of());
    ingress.put("spec", Map.of("rules", List.of(Map.of("host", name + ".example.com"))));
    return ingress;
  }

  /** Endpoints of a ready pod; and in a second subset, not ready, of another one. */
  static Map<String, Object> endpoints(
      String namespace, String name, String ready, String notReady, String node) {
    Map<String, Object> endpoints = object("Endpoints", namespace, name, Map.of());
    List<Object> ports = List.of(Map.of("name", "http", "port", 8080));
    endpoints.put(
        "subsets",
        List.of(
            Map.of("addresses", List.of(address(namespace, ready, node)), "ports", ports),
            Map.of(
                "notReadyAddresses", List.of(address(namespace, notReady, node)), "ports", ports)));
    return endpoints;
  }

  /** Returns endpoints of a node that only a reference names. */
  static Map<String, Object> endpointsOfNode(String namespace, String name, String node) {
    Map<String, Object> endpoints = object("Endpoints", namespace, name, Map.of());
    endpoints.put(
        "subsets",
        List.of(
            Map.of(
                "notReadyAddresses",
                List.of(
                    Map.of("ip", "10.0.0.9", "targetRef", Map.of("kind", "Node", "name", node))),
                "ports",
                List.of(Map.of("port", 10250)))));
    return endpoints;
  }

  static Map<String, Object> slice(
      String namespace, String name, String service, String node, String... pods) {
    Map<String, Object> slice =
        object("EndpointSlice", namespace, name, Map.of("kubernetes.io/service-name", service));
    slice.put("addressType", "IPv4");
    slice.put("ports", List.of(Map.of("name", "http", "port", 8080)));
    slice.put(
        "endpoints",
        List.of(pods).stream()
            .map(
                pod ->
                    Map.of(
                        "addresses",
                        List.of("10.1.0.1"),
                        "conditions",
                        Map.of("ready", false),
                        "nodeName",
                        node,
                        "targetRef",
                        reference(namespace, pod)))
            .toList());
    return slice;
  }

  /** Returns a slice of a node that only a reference names. */
  static Map<String, Object> sliceOfNode(String namespace, String name, String node) {
    Map<String, Object> slice = object("EndpointSlice", namespace, name, Map.of());
    slice.put("addressType", "IPv4");
    slice.put("ports", List.of(Map.of("port", 10250)));
    slice.put(
        "endpoints",
        List.of(
            Map.of(
                "addresses",
                List.of("10.0.0.9"),
                "targetRef",
                Map.of("kind", "Node", "name", node))));
    return slice;
  }

  private static Map<String, Object> address(String namespace, String pod, String node) {
    return Map.of("ip", "10.1.0.1", "nodeName", node, "targetRef", reference(namespace, pod));
  }

  private static Map<String, Object> reference(String namespace, String pod) {
    return Map.of("kind", "Pod", "namespace", namespace, "name", pod);
  }

  private static Map<String, Object> object(
      String kind, String namespace, String name, Map<String, String> labels) {
    Map<String, Object> meta = new HashMap<>();
    meta.put("name", name);
    if (!namespace.isEmpty()) {
      meta.put("namespace", namespace);
    }
    meta.put("uid", "uid:" + kind + "/" + namespace + "/" + name);
    meta.put("labels", labels);
    Map<String, Object> object = new HashMap<>();
    object.put("kind", kind);
    object.put("metadata", meta);
    return object;
  }

  private static void own(Map<String, Object> object, String kind, String name) {
    if (!kind.isEmpty() && object.get("metadata") instanceof Map<?, ?> meta) {
      Map<Object, Object> with = new HashMap<>(meta);
      with.put("ownerReferences", List.of(Map.of("kind", kind, "name", name, "controller", true)));
      object.put("metadata", with);
    }
  }
}
