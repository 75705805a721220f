package io.promdisco.providers.kubernetes.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.Secret;
import io.promdisco.http.Credentials;
import io.promdisco.http.Credentials.Text;
import io.promdisco.http.Pem;
import io.promdisco.http.ProxyRules;
import io.promdisco.http.ServerSettings;
import io.promdisco.http.TextFiles;
import io.promdisco.http.TlsSettings;
import io.promdisco.http.Urls;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a kubeconfig: one context's cluster and user. Relative paths are relative to the file's
 * folder. Every error is one line that begins with the file's path.
 */
final class Kubeconfig {
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\u0085\u2028\u2029]+");

  private final Path file;
  private final Ticker ticker;
  private final YamlTree root;
  private final String what;

  private Kubeconfig(Path file, Ticker ticker) throws IOException {
    this.file = file;
    this.ticker = ticker;
    this.what = "kubeconfig " + file;
    this.root = YamlTree.read(file, what);
  }

  /**
   * Reads what it takes to talk to a cluster.
   *
   * @param context its name; null: the file's current one
   */
  static ServerSettings read(Path file, @Nullable String context, Ticker ticker)
      throws IOException {
    try {
      return new Kubeconfig(file, ticker).settings(context);
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      String line = CONTROL.matcher(message).replaceAll(" "); // what is quoted may have any
      throw line.equals(message) ? e : new IOException(line, e.getCause());
    }
  }

  /**
   * What the file, and the certificate files that it names, hold now: once it differs, {@link
   * #read} gives other settings. Tokens in files of their own are read for each request anyway.
   */
  static List<String> contents(Path file, @Nullable String context, Ticker ticker)
      throws IOException {
    Kubeconfig config = new Kubeconfig(file, ticker);
    Chosen chosen = config.choose(context);
    return List.of(
        TextFiles.read(file),
        config.contents(chosen.cluster, "certificate-authority"),
        config.contents(chosen.user, "client-certificate"),
        config.contents(chosen.user, "client-key"));
  }

  private String contents(YamlTree tree, String key) throws IOException {
    String path = tree.has(key + "-data") ? "" : path(tree, key);
    try {
      return path.isEmpty() ? "" : TextFiles.read(Path.of(path));
    } catch (IOException e) {
      throw new IOException(what + ": " + key + ": " + e.getMessage(), e);
    }
  }

  /** The cluster and the user of a context. */
  private record Chosen(String clusterName, YamlTree cluster, YamlTree user) {}

  private Chosen choose(@Nullable String context) throws IOException {
    String contextName = context == null ? root.text("current-context") : context;
    if (contextName.isEmpty()) {
      throw new IOException(
          what + ": current-context: not set (expected " + names("contexts") + ")");
    }
    YamlTree found = named("contexts", contextName, "context", "");
    String from = ", which context \"" + contextName + "\" names";
    String clusterName = found.text("cluster");
    if (clusterName.isEmpty()) {
      throw new IOException(what + ": context \"" + contextName + "\": cluster: not set");
    }
    YamlTree cluster = named("clusters", clusterName, "cluster", from);
    String userName = found.text("user");
    YamlTree user =
        userName.isEmpty() ? found.tree("no user") : named("users", userName, "user", from);
    return new Chosen(clusterName, cluster, user);
  }

  private ServerSettings settings(@Nullable String context) throws IOException {
    Chosen chosen = choose(context);
    YamlTree cluster = chosen.cluster;
    YamlTree user = chosen.user;
    String clusterName = chosen.clusterName;
    String server = cluster.text("server");
    if (server.isEmpty()) {
      throw new IOException(what + ": cluster \"" + clusterName + "\": server: not set");
    }
    URI uri = Urls.server(server, what + ": cluster \"" + clusterName + "\": server");
    ExecPlugin plugin = user.has("exec") ? plugin(user.tree("exec"), cluster) : null;
    TlsSettings tls = tls(cluster, user, plugin);
    return new ServerSettings(
        uri,
        tls,
        plugin == null ? credentials(user) : plugin,
        ProxyRules.all(cluster.text("proxy-url"), cluster.place() + ": proxy-url"),
        impersonation(user),
        true,
        true);
  }

  private String names(String list) throws IOException {
    List<String> names = new ArrayList<>();
    for (YamlTree entry : root.trees(list)) {
      names.add(entry.text("name"));
    }
    return names.isEmpty()
        ? "a name, but there are no " + list
        : "one of " + names.stream().sorted().collect(Collectors.joining(", "));
  }

  private YamlTree named(String list, String name, String kind, String from) throws IOException {
    for (YamlTree entry : root.trees(list)) {
      if (entry.text("name").equals(name)) {
        return entry.tree(kind);
      }
    }
    throw new IOException(
        what + ": no " + kind + " \"" + name + "\"" + from + " (expected " + names(list) + ")");
  }

  private TlsSettings tls(YamlTree cluster, YamlTree user, @Nullable ExecPlugin plugin)
      throws IOException {
    String ca = data(cluster, "certificate-authority-data");
    String cert = data(user, "client-certificate-data");
    String key = data(user, "client-key-data");
    var config =
        new HttpClientConfig.TlsConfig(
            "",
            ca.isEmpty() ? path(cluster, "certificate-authority") : "",
            cert,
            cert.isEmpty() ? path(user, "client-certificate") : "",
            new Secret(key),
            key.isEmpty() ? path(user, "client-key") : "",
            cluster.text("tls-server-name"),
            cluster.flag("insecure-skip-tls-verify"),
            "",
            "");
    TlsSettings tls;
    try {
      tls = TlsSettings.of(config, "tls");
    } catch (IOException e) {
      throw new IOException(what + ": " + named(String.valueOf(e.getMessage())), e);
    }
    if (!ca.isEmpty()) {
      String caPlace = cluster.place() + ": certificate-authority-data";
      tls = tls.withAuthorities(Pem.authorities(ca, caPlace), file.toString());
    }
    return plugin == null ? tls : tls.withClient(plugin::client);
  }

  /** Calls the settings by the names they have in a kubeconfig. */
  private static String named(String message) {
    return message
        .replace("tls.ca_file", "certificate-authority")
        .replace("tls.cert_file", "client-certificate")
        .replace("tls.key_file", "client-key")
        .replace("tls.cert", "client-certificate-data")
        .replace("tls.key", "client-key-data");
  }

  private static String data(YamlTree tree, String key) throws IOException {
    String text = tree.text(key);
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(text);
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IOException(tree.place() + ": " + key + ": not base64", e);
    }
  }

  private String path(YamlTree tree, String key) throws IOException {
    String text = tree.text(key);
    return text.isEmpty() ? "" : beside(text).toString();
  }

  private Path beside(String relative) throws IOException {
    try {
      return file.toAbsolutePath().resolveSibling(relative).normalize();
    } catch (InvalidPathException e) {
      throw new IOException(what + ": a path that no file can have: " + e.getReason(), e);
    }
  }

  private Credentials credentials(YamlTree user) throws IOException {
    if (user.has("tokenFile")) {
      return Credentials.tokenFile("Bearer", beside(user.text("tokenFile")));
    }
    if (user.has("token")) {
      return Credentials.token("Bearer", new Secret(user.text("token")));
    }
    if (user.has("username")) {
      String name = user.text("username");
      String password = user.text("password");
      return Credentials.basic(() -> name, () -> password);
    }
    if (user.has("auth-provider")) {
      return authProvider(user.tree("auth-provider"));
    }
    return Credentials.NONE;
  }

  /** The old way before exec plugins: the token that kubectl left in the file. */
  private static Credentials authProvider(YamlTree provider) throws IOException {
    YamlTree config = provider.tree("config");
    String token = config.text("id-token");
    if (token.isEmpty()) {
      token = config.text("access-token");
    }
    if (token.isEmpty()) {
      throw new IOException(
          provider.place()
              + ": config: neither id-token nor access-token (expected one; a user with exec"
              + " renews its token by itself)");
    }
    return Credentials.token("Bearer", new Secret(token));
  }

  private static Map<String, List<Text>> impersonation(YamlTree user) throws IOException {
    Map<String, List<Text>> headers = new LinkedHashMap<>();
    add(headers, "Impersonate-User", List.of(user.text("as")));
    add(headers, "Impersonate-Uid", List.of(user.text("as-uid")));
    add(headers, "Impersonate-Group", user.texts("as-groups"));
    YamlTree extra = user.tree("as-user-extra");
    for (Object key : extra.raw().keySet()) {
      String name = String.valueOf(key);
      add(headers, "Impersonate-Extra-" + name, extra.texts(name));
    }
    return headers;
  }

  private static void add(Map<String, List<Text>> headers, String name, List<String> values) {
    List<Text> texts = new ArrayList<>();
    for (String value : values) {
      if (!value.isEmpty()) {
        texts.add(() -> value);
      }
    }
    if (!texts.isEmpty()) {
      headers.put(name, texts);
    }
  }

  private static String encoded(YamlTree cluster, Path ca) throws IOException {
    try {
      byte[] pem = TextFiles.read(ca).getBytes(StandardCharsets.UTF_8);
      return Base64.getEncoder().encodeToString(pem);
    } catch (IOException e) {
      throw new IOException(cluster.place() + ": certificate-authority: " + e.getMessage(), e);
    }
  }

  private ExecPlugin plugin(YamlTree exec, YamlTree cluster) throws IOException {
    String command = exec.text("command");
    if (command.isEmpty()) {
      throw new IOException(exec.place() + ": command: not set");
    }
    String version = exec.text("apiVersion");
    if (!version.matches("client\\.authentication\\.k8s\\.io/v1(beta1)?")) {
      throw new IOException(
          exec.place()
              + ": apiVersion: "
              + version
              + " (expected client.authentication.k8s.io/v1 or v1beta1)");
    }
    List<String> words = new ArrayList<>();
    words.add(command.indexOf('/') > 0 ? beside(command).toString() : command);
    words.addAll(exec.texts("args"));
    Map<String, String> env = new LinkedHashMap<>();
    for (YamlTree variable : exec.trees("env")) {
      env.put(variable.text("name"), variable.text("value"));
    }
    return new ExecPlugin(
        new ExecPlugin.Command(
            version,
            words,
            env,
            exec.flag("provideClusterInfo") ? clusterInfo(cluster) : null,
            exec.text("installHint").lines().findFirst().orElse("")),
        ticker);
  }

  private ObjectNode clusterInfo(YamlTree cluster) throws IOException {
    ObjectNode info = new ObjectMapper().createObjectNode();
    info.put("server", cluster.text("server"));
    for (String key : List.of("tls-server-name", "proxy-url", "certificate-authority-data")) {
      if (cluster.has(key)) {
        info.put(key, cluster.text(key));
      }
    }
    if (cluster.flag("insecure-skip-tls-verify")) {
      info.put("insecure-skip-tls-verify", true);
    }
    String ca = path(cluster, "certificate-authority");
    if (!ca.isEmpty() && !cluster.has("certificate-authority-data")) {
      info.put("certificate-authority-data", encoded(cluster, Path.of(ca)));
    }
    return info;
  }
}
