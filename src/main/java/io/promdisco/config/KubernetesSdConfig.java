package io.promdisco.config;

import java.util.List;
import java.util.Optional;

/**
 * One entry of {@code kubernetes_sd_configs}.
 *
 * @param role which objects become targets
 * @param apiServer the API server's URL; empty: in the cluster, or from {@code kubeconfigFile}
 * @param kubeconfigFile path of a kubeconfig, resolved against the configuration's folder; empty:
 *     none
 * @param http how to talk to {@code apiServer}
 * @param ownNamespace also the namespace that this process runs in
 * @param namespaces the namespaces to discover in, as written; none: all of them
 * @param selectors which objects the server should send, at most one for a role
 * @param attach which related objects' labels to add
 */
public record KubernetesSdConfig(
    Role role,
    Optional<String> apiServer,
    Optional<String> kubeconfigFile,
    HttpClientConfig http,
    boolean ownNamespace,
    List<String> namespaces,
    List<Selector> selectors,
    AttachMetadata attach)
    implements SdConfig {

  /** Copies the lists. */
  public KubernetesSdConfig {
    namespaces = List.copyOf(namespaces);
    selectors = List.copyOf(selectors);
  }

  @Override
  public String mechanism() {
    return "kubernetes";
  }

  /** Without the password in the URL. */
  @Override
  public String toString() {
    return "KubernetesSdConfig[role="
        + role
        + ", apiServer="
        + apiServer.map(Urls::redacted)
        + ", kubeconfigFile="
        + kubeconfigFile
        + ", http="
        + http
        + ", ownNamespace="
        + ownNamespace
        + ", namespaces="
        + namespaces
        + ", selectors="
        + selectors
        + ", attach="
        + attach
        + "]";
  }

  /** The label and field selector for {@code role}'s objects; both empty if none was given. */
  public Selector selector(Role role) {
    for (Selector selector : selectors) {
      if (selector.role() == role) {
        return selector;
      }
    }
    return new Selector(role, "", "");
  }

  /** What becomes targets. */
  public enum Role {
    /** A target for each node's kubelet. */
    NODE,
    /** A target for each container port of each pod. */
    POD,
    /** A target for each port of each service. */
    SERVICE,
    /** A target for each address and port of each {@code Endpoints} object. */
    ENDPOINTS,
    /** A target for each address and port of each {@code EndpointSlice}. */
    ENDPOINTSLICE,
    /** A target for each path of each ingress. */
    INGRESS;

    /** The name in the configuration. */
    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * Selects objects on the server.
   *
   * @param role whose objects
   * @param label a label selector; empty: all
   * @param field a field selector; empty: all
   */
  public record Selector(Role role, String label, String field) {}

  /**
   * Which related objects' labels to add.
   *
   * @param node those of the node
   * @param namespace those of the namespace
   * @param deployment the name of a pod's deployment
   * @param job the name of a pod's job
   * @param cronJob the name of a pod's cron job
   */
  public record AttachMetadata(
      boolean node, boolean namespace, boolean deployment, boolean job, boolean cronJob) {
    /** Nothing. */
    public static final AttachMetadata NONE = new AttachMetadata(false, false, false, false, false);
  }
}
