package io.promdisco.providers.kubernetes.client;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.Authorization;
import io.promdisco.config.HttpClientConfig.BasicAuth;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.providers.kubernetes.client.Credentials.Text;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
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

  /** Headers that the HTTP client sets itself. */
  private static final Set<String> RESERVED =
      Set.of("host", "connection", "content-length", "expect", "upgrade");

  /** RFC 9110, section 5.1. */
  private static final Pattern HEADER_NAME = Pattern.compile("[-!#$%&'*+.^_`|~0-9A-Za-z]+");

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
      return new FabricClient(settings(config), ticker, userAgent());
    } catch (IOException e) {
      throw new DiscoveryException(String.valueOf(e.getMessage()), e);
    }
  }

  private ServerSettings settings(KubernetesSdConfig config) throws IOException {
    Path file = kubeconfigOf(config);
    if (file != null) {
      return Kubeconfig.read(file, context, ticker);
    }
    return config.apiServer().isPresent()
        ? configured(config.apiServer().get(), config.http())
        : inCluster(config.ownNamespace());
  }

  static String userAgent() {
    String version = FabricClientFactory.class.getPackage().getImplementationVersion();
    return "promdisco/" + (version == null ? "dev" : version);
  }

  private ServerSettings inCluster(boolean needsNamespace) throws IOException {
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
      tls =
          tls.withAuthorities(
              Pem.certificates(TextFiles.read(ca), ca.toString()), "the CA in " + ca);
    }
    String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return new ServerSettings(
        Urls.server("https://" + bracketed + ":" + port, HOST),
        tls,
        Credentials.tokenFile("Bearer", token),
        ProxyRules.DIRECT,
        Map.of(),
        true,
        true,
        ownNamespace(needsNamespace));
  }

  private Optional<String> ownNamespace(boolean isNeeded) throws IOException {
    Path file = serviceAccount.resolve("namespace");
    if (!isNeeded && !Files.isReadable(file)) {
      return Optional.empty();
    }
    String namespace = TextFiles.read(file);
    if (namespace.isEmpty() && isNeeded) {
      throw new IOException(file + ": empty (expected the pod's namespace, for own_namespace)");
    }
    return namespace.isEmpty() ? Optional.empty() : Optional.of(namespace);
  }

  private ServerSettings configured(String apiServer, HttpClientConfig http) throws IOException {
    URI server = Urls.server(apiServer, "api_server");
    TlsSettings tls = TlsSettings.of(http.tls(), "tls_config");
    ProxyRules proxy = ProxyRules.of(http.proxy(), env);
    return new ServerSettings(
        server,
        tls,
        credentials(http, Urls.userInfo(apiServer)),
        proxy,
        headers(http),
        http.followRedirects(),
        http.enableHttp2(),
        ownNamespace(false));
  }

  private Credentials credentials(HttpClientConfig http, String userInfo) throws IOException {
    if (http.basicAuth().isPresent()) {
      BasicAuth basic = http.basicAuth().get();
      return Credentials.basic(
          Text.of(basic.username(), basic.usernameFile()),
          Text.of(basic.password().reveal(), basic.passwordFile()));
    }
    if (http.authorization().isPresent()) {
      Authorization authorization = http.authorization().get();
      return authorization.credentials().isEmpty() && !authorization.credentialsFile().isEmpty()
          ? Credentials.tokenFile(authorization.type(), Path.of(authorization.credentialsFile()))
          : Credentials.token(authorization.type(), authorization.credentials());
    }
    if (http.oauth2().isPresent()) {
      HttpClientConfig.OAuth2 oauth2 = http.oauth2().get();
      URI tokenUrl = Urls.server(oauth2.tokenUrl(), "oauth2.token_url");
      return new OAuth2Tokens(
          oauth2,
          tokenUrl,
          TlsSettings.of(oauth2.tls(), "oauth2.tls_config"),
          ProxyRules.of(oauth2.proxy(), env),
          ticker,
          userAgent());
    }
    int colon = userInfo.indexOf(':');
    if (userInfo.isEmpty()) {
      return Credentials.NONE;
    }
    String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
    String password = colon < 0 ? "" : userInfo.substring(colon + 1);
    return Credentials.basic(() -> user, () -> password);
  }

  private static Map<String, List<Text>> headers(HttpClientConfig http) throws IOException {
    Map<String, List<Text>> headers = new LinkedHashMap<>();
    for (Map.Entry<String, HttpClientConfig.Header> entry : http.headers().entrySet()) {
      if (RESERVED.contains(entry.getKey().toLowerCase(Locale.ROOT))) {
        throw new IOException("http_headers: " + entry.getKey() + ": cannot be set");
      }
      if (!HEADER_NAME.matcher(entry.getKey()).matches()) {
        throw new IOException("http_headers: " + entry.getKey() + ": not the name of a header");
      }
      List<Text> texts = new ArrayList<>();
      entry.getValue().values().forEach(value -> texts.add(() -> value));
      entry.getValue().secrets().forEach(secret -> texts.add(secret::reveal));
      for (String file : entry.getValue().files()) {
        texts.add(Text.of("", file));
      }
      headers.put(entry.getKey(), texts);
    }
    return headers;
  }
}
