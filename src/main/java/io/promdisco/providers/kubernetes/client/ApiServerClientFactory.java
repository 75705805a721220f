package io.promdisco.providers.kubernetes.client;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.http.RenewingSender;
import io.promdisco.http.ServerSettings;
import io.promdisco.http.tls.TlsSettings;
import io.promdisco.providers.kubernetes.client.kubeconfig.Kubeconfig;
import io.promdisco.providers.kubernetes.client.kubeconfig.KubeconfigSource;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.util.SmallFiles;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens clients of API servers: of a kubeconfig, of {@code api_server}, or of the cluster that this
 * process runs in. Unless it was created with {@link #forCommand}, it uses neither {@code
 * ~/.kube/config} nor {@code KUBECONFIG}. Like client-go, it uses a proxy from the environment, but
 * for {@code api_server} only if the configuration says so. Immutable; safe for all threads.
 */
public final class ApiServerClientFactory implements ResourceClientFactory {
  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private final Ticker ticker;
  private final Map<String, String> env;
  private final Path serviceAccount;
  private final ClusterChoice rule;
  private final Consumer<String> notices;

  /** Creates a factory for clusters as configured, with the environment of this process. */
  public ApiServerClientFactory(Ticker ticker) {
    this(ticker, System.getenv(), SERVICE_ACCOUNT);
  }

  ApiServerClientFactory(Ticker ticker, Map<String, String> env, Path serviceAccount) {
    this(
        ticker,
        Map.copyOf(env),
        serviceAccount,
        ClusterChoice.asConfigured(Map.copyOf(env), serviceAccount),
        notice -> {});
  }

  private ApiServerClientFactory(
      Ticker ticker,
      Map<String, String> env,
      Path serviceAccount,
      ClusterChoice rule,
      Consumer<String> notices) {
    this.ticker = ticker;
    this.env = env;
    this.serviceAccount = serviceAccount;
    this.rule = rule;
    this.notices = notices;
  }

  /**
   * Returns a factory that chooses clusters as kubectl does. With {@code kubeconfig}, it opens the
   * cluster of that file, whatever the configuration names. Otherwise, outside a cluster,
   * configurations without {@code kubeconfig_file} and {@code api_server} use the files in {@code
   * KUBECONFIG} or else {@code ~/.kube/config}. With {@code context}, this also applies in a
   * cluster and to {@code api_server}.
   *
   * @param kubeconfig null if not given
   * @param context the context of every kubeconfig; null for its current one
   * @param notices receives, for each opened client, which context of which file it uses if the
   *     configuration does not say it; called by any thread
   */
  public ApiServerClientFactory forCommand(
      @Nullable Path kubeconfig, @Nullable String context, Consumer<String> notices) {
    String named = context == null ? "" : context;
    return new ApiServerClientFactory(
        ticker,
        env,
        serviceAccount,
        ClusterChoice.ofCommand(env, serviceAccount, kubeconfig, named),
        notices);
  }

  /**
   * Returns a value that is equal for configurations with the same server and credentials, so that
   * they can share a client. Contains no secret.
   */
  @Override
  public Object identity(KubernetesSdConfig config) {
    Optional<KubeconfigSource> source = rule.kubeconfig(config);
    if (source.isPresent()) {
      List<Path> files =
          source.get().files().stream().map(file -> file.toAbsolutePath().normalize()).toList();
      return List.of("kubeconfig", files, source.get().context());
    }
    if (config.apiServer().isEmpty()) {
      return List.of("in-cluster");
    }
    String url = config.apiServer().get();
    return List.of(
        "api_server", url.endsWith("/") ? url.substring(0, url.length() - 1) : url, config.http());
  }

  @Override
  public ResourceClient open(KubernetesSdConfig config) throws DiscoveryException {
    try {
      Optional<KubeconfigSource> source = rule.kubeconfig(config);
      if (source.isPresent()) {
        return open(source.get(), rule.isWorthTelling(config));
      }
      if (rule.ignoresKubeconfig(config)) {
        notices.accept(
            "in a cluster: using its service account instead of KUBECONFIG (--kubeconfig"
                + " FILE uses a kubeconfig)");
      }
      RenewingSender.Source server =
          config.apiServer().isPresent()
              ? apiServer(config, config.apiServer().get())
              : new LastGoodSettings(new ServiceAccount(serviceAccount, env));
      return new ApiServerClient(new RenewingSender(server, ticker), ownNamespace(config));
    } catch (IOException e) {
      throw new DiscoveryException(String.valueOf(e.getMessage()), e);
    }
  }

  private ResourceClient open(KubeconfigSource source, boolean tell) throws IOException {
    Kubeconfig opened = Kubeconfig.read(source);
    RenewingSender.Source files =
        new RenewingSender.Source() {
          @Override
          public ServerSettings settings() throws IOException {
            return Kubeconfig.read(source).settings(ticker, env);
          }

          @Override
          public List<String> contents() throws IOException {
            return Kubeconfig.read(source).contents();
          }
        };
    RenewingSender senders = new RenewingSender(new LastGoodSettings(files), ticker);
    if (tell) {
      notices.accept("using " + rule.shortened(opened.description()));
    }
    return new ApiServerClient(senders, Optional.of(opened.namespace()));
  }

  private RenewingSender.Source apiServer(KubernetesSdConfig config, String url) {
    return new RenewingSender.Source() {
      @Override
      public ServerSettings settings() throws IOException {
        return ServerSettings.of(url, "api_server", config.http(), env, ticker);
      }

      @Override
      public List<String> contents() throws IOException {
        return TlsSettings.files(config.http());
      }
    };
  }

  /** Returns the namespace of this process. */
  private Optional<String> ownNamespace(KubernetesSdConfig config) throws IOException {
    Path file = serviceAccount.resolve("namespace");
    boolean isNeeded = config.apiServer().isEmpty() && config.ownNamespace();
    if (!isNeeded && !Files.isReadable(file)) {
      return Optional.empty();
    }
    String namespace = SmallFiles.read(file);
    if (namespace.isEmpty() && isNeeded) {
      throw new IOException(file + ": empty (expected: the pod's namespace, for own_namespace)");
    }
    return namespace.isEmpty() ? Optional.empty() : Optional.of(namespace);
  }
}
