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
 * @param role the kind of objects that become targets
 * @param apiServer the API server's URL; empty: the cluster of this process, or the server in
 *     {@code kubeconfigFile}
 * @param kubeconfigFile path of a kubeconfig, relative to the folder of the configuration; empty:
 *     none
 * @param http HTTP client settings for {@code apiServer}
 * @param ownNamespace whether to add the namespace of this process
 * @param namespaces the namespaces to discover in, in the order of the file; empty: all
 * @param selectors which objects the API server sends, at most one for each role
 * @param attach the related objects whose labels are added
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

  /**
   * Returns a builder with the default of every setting: all namespaces of the cluster that this
   * process runs in.
   */
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

    /**
     * The API server's URL. Default: the cluster of this process, or the server in the kubeconfig.
     */
    public Builder apiServer(String apiServer) {
      this.apiServer = Optional.of(apiServer);
      return this;
    }

    /** The path of a kubeconfig. Default: none. */
    public Builder kubeconfigFile(String kubeconfigFile) {
      this.kubeconfigFile = Optional.of(kubeconfigFile);
      return this;
    }

    /** HTTP client settings for the API server. Default: {@link HttpClientConfig#DEFAULT}. */
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
     * @param of the role whose objects are selected
     * @param label a label selector; empty: all
     * @param field a field selector; empty: all
     */
    public Builder selector(Role of, String label, String field) {
      selectors.add(new Selector(of, label, field));
      return this;
    }

    /** The related objects whose labels are added. Default: {@link AttachMetadata#NONE}. */
    public Builder attach(AttachMetadata attach) {
      this.attach = Objects.requireNonNull(attach, "attach");
      return this;
    }

    /**
     * Returns the entry, after the same checks as for a file.
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

  /** Leaves out the password in the URL. */
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

  /**
   * Returns the label and field selector for the objects of {@code role}; both are empty if none is
   * set.
   */
  public Selector selector(Role role) {
    for (Selector selector : selectors) {
      if (selector.role() == role) {
        return selector;
      }
    }
    return new Selector(role, "", "");
  }

  /** The kind of objects that become targets. */
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
   * Selects objects on the API server.
   *
   * @param role the role whose objects are selected
   * @param label a label selector; empty: all
   * @param field a field selector; empty: all
   */
  public record Selector(Role role, String label, String field) {}

  /**
   * The related objects whose labels are added.
   *
   * @param node whether to add the labels of the node
   * @param namespace whether to add the labels of the namespace
   * @param deployment whether to add the name of a pod's deployment
   * @param job whether to add the name of a pod's job
   * @param cronJob whether to add the name of a pod's cron job
   */
  public record AttachMetadata(
      boolean node, boolean namespace, boolean deployment, boolean job, boolean cronJob) {
    /** Adds no labels. */
    public static final AttachMetadata NONE = new AttachMetadata(false, false, false, false, false);
  }
}
