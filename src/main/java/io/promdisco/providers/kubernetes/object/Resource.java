package io.promdisco.providers.kubernetes.object;

import java.util.List;

/**
 * A kind of object that can be listed and watched.
 *
 * @param group API group; empty for the core group
 * @param plural as in URLs and RBAC rules
 * @param kind for example {@code Pod}
 * @param namespaced whether objects live in namespaces
 * @param view the view of its objects
 */
public record Resource<V extends KubeObject>(
    String group, String version, String plural, String kind, boolean namespaced, Class<V> view) {
  /** Pods. */
  public static final Resource<PodView> PODS =
      new Resource<>("", "v1", "pods", "Pod", true, PodView.class);

  /** Nodes. */
  public static final Resource<NodeView> NODES =
      new Resource<>("", "v1", "nodes", "Node", false, NodeView.class);

  /** Services. */
  public static final Resource<ServiceView> SERVICES =
      new Resource<>("", "v1", "services", "Service", true, ServiceView.class);

  /** Endpoints. */
  public static final Resource<EndpointsView> ENDPOINTS =
      new Resource<>("", "v1", "endpoints", "Endpoints", true, EndpointsView.class);

  /** Endpoint slices. */
  public static final Resource<EndpointSliceView> ENDPOINT_SLICES =
      new Resource<>(
          "discovery.k8s.io",
          "v1",
          "endpointslices",
          "EndpointSlice",
          true,
          EndpointSliceView.class);

  /** Ingresses. */
  public static final Resource<IngressView> INGRESSES =
      new Resource<>("networking.k8s.io", "v1", "ingresses", "Ingress", true, IngressView.class);

  /** Namespaces. */
  public static final Resource<MetadataView> NAMESPACES =
      new Resource<>("", "v1", "namespaces", "Namespace", false, MetadataView.class);

  /** Replica sets. */
  public static final Resource<MetadataView> REPLICA_SETS =
      new Resource<>("apps", "v1", "replicasets", "ReplicaSet", true, MetadataView.class);

  /** Jobs. */
  public static final Resource<MetadataView> JOBS =
      new Resource<>("batch", "v1", "jobs", "Job", true, MetadataView.class);

  /** All of them. */
  public static final List<Resource<?>> ALL =
      List.of(
          PODS,
          NODES,
          SERVICES,
          ENDPOINTS,
          ENDPOINT_SLICES,
          INGRESSES,
          NAMESPACES,
          REPLICA_SETS,
          JOBS);

  /** Whether its objects are read as JSON documents, which no API server sends as protobuf. */
  public boolean isDocument() {
    return view == DocumentView.class;
  }

  /** {@code v1} or {@code apps/v1}. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** Returns the URL path of the collection in {@code namespace}; empty for all namespaces. */
  public String path(String namespace) {
    String root = group.isEmpty() ? "/api/v1" : "/apis/" + group + "/" + version;
    return root + (namespacedPath(namespace) ? "/namespaces/" + namespace : "") + "/" + plural;
  }

  private boolean namespacedPath(String namespace) {
    return namespaced && !namespace.isEmpty();
  }
}
