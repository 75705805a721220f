package io.promdisco.config;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

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

  /** A builder with every default: all namespaces of the cluster that this process runs in. */
  public static Builder builder(Role role) {
    return new Builder(role);
  }

  @Override
  public String mechanism() {
    return "kubernetes";
  }

  @Override
  public void check(FieldProblems problems) {
    http.check(problems);
    SdChecks.checkServer(
        apiServer.orElse(null),
        kubeconfigFile.isPresent(),
        http.equals(HttpClientConfig.DEFAULT),
        ownNamespace,
        problems);
    Set<Role> found = EnumSet.noneOf(Role.class);
    for (int i = 0; i < selectors.size(); i++) {
      Selector selector = selectors.get(i);
      SdChecks.checkSelector(role, selector.role(), found, problems.in("selectors[" + i + "]"));
      SdChecks.checkSyntax(selector.label(), selector.field(), problems.in("selectors[" + i + "]"));
    }
  }

  /** Builds an entry. */
  public static final class Builder {
    private final Role role;
    private Optional<String> apiServer = Optional.empty();
    private Optional<String> kubeconfigFile = Optional.empty();
    private HttpClientConfig http = HttpClientConfig.DEFAULT;
    private boolean ownNamespace;
    private List<String> namespaces = List.of();
    private final List<Selector> selectors = new ArrayList<>();
    private AttachMetadata attach = AttachMetadata.NONE;

    private Builder(Role role) {
      this.role = Objects.requireNonNull(role, "role");
    }

    /** The API server's URL. Default: the one of the cluster, or of the kubeconfig. */
    public Builder apiServer(String apiServer) {
      this.apiServer = Optional.of(apiServer);
      return this;
    }

    /** The path of a kubeconfig. Default: none. */
    public Builder kubeconfigFile(String kubeconfigFile) {
      this.kubeconfigFile = Optional.of(kubeconfigFile);
      return this;
    }

    /** How to talk to the API server. Default: {@link HttpClientConfig#DEFAULT}. */
    public Builder http(HttpClientConfig http) {
      this.http = Objects.requireNonNull(http, "http");
      return this;
    }

    /** Whether to discover in the namespace that this process runs in. Default: false. */
    public Builder ownNamespace(boolean ownNamespace) {
      this.ownNamespace = ownNamespace;
      return this;
    }

    /** The namespaces to discover in. Default: all. */
    public Builder namespaces(String... namespaces) {
      this.namespaces = List.of(namespaces);
      return this;
    }

    /**
     * Adds a selector.
     *
     * @param of whose objects
     * @param label a label selector; empty: all
     * @param field a field selector; empty: all
     */
    public Builder selector(Role of, String label, String field) {
      selectors.add(new Selector(of, label, field));
      return this;
    }

    /** Which related objects' labels to add. Default: {@link AttachMetadata#NONE}. */
    public Builder attach(AttachMetadata attach) {
      this.attach = Objects.requireNonNull(attach, "attach");
      return this;
    }

    /**
     * The entry, checked as one of a file.
     *
     * @throws IllegalArgumentException with a line for each mistake
     */
    public KubernetesSdConfig build() {
      KubernetesSdConfig built =
          new KubernetesSdConfig(
              role, apiServer, kubeconfigFile, http, ownNamespace, namespaces, selectors, attach);
      BuilderChecks.check("kubernetes_sd_configs", built::check);
      return built;
    }
  }

  /** Without the password in the URL. */
  @Override
  public String toString() {
    return "KubernetesSdConfig[role="
        + role
        + ", apiServer="
        + apiServer.map(UrlChecks::redacted)
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
