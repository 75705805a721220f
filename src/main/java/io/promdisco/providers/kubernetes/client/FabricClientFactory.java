package io.promdisco.providers.kubernetes.client;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.http.Credentials;
import io.promdisco.http.Pem;
import io.promdisco.http.ProxyRules;
import io.promdisco.http.RenewingSender;
import io.promdisco.http.ServerSettings;
import io.promdisco.http.TextFiles;
import io.promdisco.http.TlsSettings;
import io.promdisco.http.Urls;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens clients of API servers: the one of a kubeconfig, the one at {@code api_server}, or the one
 * of the cluster that this process runs in. Nothing else is looked at: not {@code ~/.kube/config},
 * not {@code KUBECONFIG}, no proxy of the environment unless the configuration says so. Immutable;
 * safe for all threads.
 */
public final class FabricClientFactory implements ResourceClientFactory {
  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
  private static final String HOST = "KUBERNETES_SERVICE_HOST";
  private static final String PORT = "KUBERNETES_SERVICE_PORT";

  private final Ticker ticker;
  private final Map<String, String> env;
  private final Path serviceAccount;
  private final @Nullable Path kubeconfig;
  private final @Nullable String context;

  /** Opens what configurations name, with the environment of this process. */
  public FabricClientFactory(Ticker ticker) {
    this(ticker, System.getenv(), SERVICE_ACCOUNT, null, null);
  }

  FabricClientFactory(
      Ticker ticker,
      Map<String, String> env,
      Path serviceAccount,
      @Nullable Path kubeconfig,
      @Nullable String context) {
    this.ticker = ticker;
    this.env = Map.copyOf(env);
    this.serviceAccount = serviceAccount;
    this.kubeconfig = kubeconfig;
    this.context = context;
  }

  /**
   * A factory that opens one kubeconfig's cluster whatever a configuration names.
   *
   * @param file the kubeconfig
   * @param context its context; null: the current one
   */
  public FabricClientFactory withKubeconfig(Path file, @Nullable String context) {
    return new FabricClientFactory(ticker, env, serviceAccount, file, context);
  }

  /** A factory that takes another than the current context of every kubeconfig. */
  public FabricClientFactory withContext(String context) {
    return new FabricClientFactory(ticker, env, serviceAccount, kubeconfig, context);
  }

  /**
   * Equal for configurations that mean the same server and credentials, so that they can share a
   * client. Shows no secret.
   */
  @Override
  public Object identity(KubernetesSdConfig config) {
    Path file = kubeconfigOf(config);
    if (file != null) {
      return List.of(
          "kubeconfig", file.toAbsolutePath().normalize(), context == null ? "" : context);
    }
    if (config.apiServer().isEmpty()) {
      return List.of("in-cluster");
    }
    String url = config.apiServer().get();
    return List.of(
        "api_server", url.endsWith("/") ? url.substring(0, url.length() - 1) : url, config.http());
  }

  private @Nullable Path kubeconfigOf(KubernetesSdConfig config) {
    return kubeconfig != null ? kubeconfig : config.kubeconfigFile().map(Path::of).orElse(null);
  }

  @Override
  public ResourceClient open(KubernetesSdConfig config) throws DiscoveryException {
    try {
      return new FabricClient(new RenewingSender(source(config), ticker), ownNamespace(config));
    } catch (IOException e) {
      throw new DiscoveryException(String.valueOf(e.getMessage()), e);
    }
  }

  /** How to reach the server, and the files that say so: they are renewed while we run. */
  private RenewingSender.Source source(KubernetesSdConfig config) {
    Path file = kubeconfigOf(config);
    if (file != null) {
      return new RenewingSender.Source() {
        @Override
        public ServerSettings settings() throws IOException {
          return Kubeconfig.read(file, context, ticker);
        }

        @Override
        public List<String> contents() throws IOException {
          return Kubeconfig.contents(file, context, ticker);
        }
      };
    }
    boolean inCluster = config.apiServer().isEmpty();
    return new RenewingSender.Source() {
      @Override
      public ServerSettings settings() throws IOException {
        return inCluster
            ? inCluster()
            : ServerSettings.of(config.apiServer().get(), "api_server", config.http(), env, ticker);
      }

      @Override
      public List<String> contents() throws IOException {
        Path ca = serviceAccount.resolve("ca.crt");
        return inCluster
            ? List.of(Files.exists(ca) ? TextFiles.read(ca) : "")
            : TlsSettings.files(config.http());
      }
    };
  }

  private ServerSettings inCluster() throws IOException {
    String host = env.getOrDefault(HOST, "");
    String port = env.getOrDefault(PORT, "");
    if (host.isEmpty() || port.isEmpty()) {
      throw new IOException(
          "not in a cluster: "
              + HOST
              + " and "
              + PORT
              + " are not set (set kubeconfig_file or api_server to discover from outside)");
    }
    Path token = serviceAccount.resolve("token");
    if (TextFiles.read(token).isEmpty()) {
      throw new IOException(token + ": empty (expected the token of the service account)");
    }
    Path ca = serviceAccount.resolve("ca.crt");
    TlsSettings tls = TlsSettings.of(HttpClientConfig.TlsConfig.DEFAULT, "tls_config");
    if (Files.exists(ca)) {
      tls = tls.withAuthorities(Pem.authorities(TextFiles.read(ca), ca.toString()), ca.toString());
    }
    String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return new ServerSettings(
        Urls.server("https://" + bracketed + ":" + port, HOST),
        tls,
        Credentials.tokenFile("Bearer", token),
        ProxyRules.DIRECT,
        Map.of(),
        true,
        true);
  }

  /** The namespace that this process runs in: not asked for what a kubeconfig names. */
  private Optional<String> ownNamespace(KubernetesSdConfig config) throws IOException {
    if (kubeconfigOf(config) != null) {
      return Optional.empty();
    }
    Path file = serviceAccount.resolve("namespace");
    boolean isNeeded = config.apiServer().isEmpty() && config.ownNamespace();
    if (!isNeeded && !Files.isReadable(file)) {
      return Optional.empty();
    }
    String namespace = TextFiles.read(file);
    if (namespace.isEmpty() && isNeeded) {
      throw new IOException(file + ": empty (expected the pod's namespace, for own_namespace)");
    }
    return namespace.isEmpty() ? Optional.empty() : Optional.of(namespace);
  }
}
