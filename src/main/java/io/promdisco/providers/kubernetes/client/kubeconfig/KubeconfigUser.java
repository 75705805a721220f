package io.promdisco.providers.kubernetes.client.kubeconfig;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.promdisco.config.Secret;
import io.promdisco.http.Credentials;
import io.promdisco.http.Credentials.Text;
import io.promdisco.http.tls.ClientKey;
import io.promdisco.providers.kubernetes.client.kubeconfig.KubeconfigFile.Entry;
import io.promdisco.util.SmallFiles;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A user of a kubeconfig: its credentials, and the user that it impersonates. */
final class KubeconfigUser {
  private static final String CERT = "client-certificate";
  private static final String KEY = "client-key";
  private static final String DATA = "-data";
  private static final List<String> CREDENTIALS =
      List.of("token", "tokenFile", "username", CERT, CERT + DATA, "exec", "auth-provider");

  private static final String V1 = "client.authentication.k8s.io/v1";
  private static final String V1BETA1 = "client.authentication.k8s.io/v1beta1";
  private static final String MODES = " (expected: Never or IfAvailable)";

  /** Auth providers that older Kubernetes clients supported. */
  private static final Set<String> REMOVED = Set.of("gcp", "azure", "openstack");

  /**
   * The characters that a header name may contain besides letters and digits, without the escape
   * character.
   */
  private static final String NAME_BYTES = "!#$&'*+-.^_`|~";

  private final Entry entry;
  private final YamlMapping tree;

  private KubeconfigUser(Entry entry) {
    this.entry = entry;
    this.tree = entry.tree();
  }

  /**
   * The credentials for a server.
   *
   * @param client returns the client certificate, or null for none
   */
  record Access(Credentials credentials, Supplier<@Nullable ClientKey> client) {}

  /**
   * Reads a user.
   *
   * @throws IOException if it is invalid; the message contains the file, the user and the reason
   */
  static KubeconfigUser of(Entry entry) throws IOException {
    KubeconfigUser user = new KubeconfigUser(entry);
    user.check();
    return user;
  }

  private void check() throws IOException {
    refuseBoth(tree, "token", "username");
    refuseBoth(tree, "token", "password");
    checkCertificate();
    if (tree.has("exec")) {
      refuseBoth(tree, "exec", "auth-provider");
      checkPlugin(tree.tree("exec"));
    }
    for (String key : List.of("as-uid", "as-groups", "as-user-extra")) {
      if (isGiven(key) && !tree.has("as")) {
        throw new IOException(
            tree.place() + ": " + key + " without as (expected: a user to impersonate)");
      }
    }
  }

  private boolean isGiven(String key) {
    Object value = tree.value(key);
    boolean isEmpty =
        (value instanceof List<?> list && list.isEmpty())
            || (value instanceof Map<?, ?> map && map.isEmpty());
    return tree.has(key) && !isEmpty;
  }

  private void checkCertificate() throws IOException {
    if (!tree.has(CERT) && !tree.has(CERT + DATA)) {
      return;
    }
    refuseBoth(tree, CERT, CERT + DATA);
    refuseBoth(tree, KEY, KEY + DATA);
    if (!tree.has(KEY) && !tree.has(KEY + DATA)) {
      throw new IOException(tree.place() + ": " + CERT + " without " + KEY + " (expected: both)");
    }
    files(); // a missing file is an error even for plain HTTP
  }

  private static void checkPlugin(YamlMapping exec) throws IOException {
    if (!exec.has("command")) {
      throw new IOException(exec.place() + ": command: not set (expected: a program)");
    }
    if (!exec.has("apiVersion")) {
      throw version(exec, "not set");
    }
    for (YamlMapping variable : exec.trees("env")) {
      if (!variable.has("name")) {
        throw new IOException(exec.place() + ": env: a variable without name");
      }
    }
    String mode = exec.text("interactiveMode");
    if (mode.isEmpty() && !exec.text("apiVersion").equals(V1BETA1)) {
      throw version(exec).isEmpty()
          ? new IOException(exec.place() + ": interactiveMode: not set" + MODES)
          : version(exec, exec.text("apiVersion"));
    }
    if (!mode.isEmpty() && !Set.of("Never", "IfAvailable", "Always").contains(mode)) {
      throw new IOException(exec.place() + ": interactiveMode: " + mode + MODES);
    }
  }

  private static String version(YamlMapping exec) throws IOException {
    String version = exec.text("apiVersion");
    return version.equals(V1) || version.equals(V1BETA1) ? "" : version;
  }

  private static IOException version(YamlMapping exec, String found) {
    return new IOException(
        exec.place() + ": apiVersion: " + found + " (expected: " + V1 + " or " + V1BETA1 + ")");
  }

  /** Rejects two settings that exclude each other. */
  static void refuseBoth(YamlMapping tree, String one, String other) throws IOException {
    if (tree.has(one) && tree.has(other)) {
      throw new IOException(
          tree.place() + ": " + one + " and " + other + " (expected: one of them)");
    }
  }

  /** Reads the file that a setting names. */
  static String read(YamlMapping tree, String key, String file) throws IOException {
    try {
      return SmallFiles.read(Path.of(file));
    } catch (IOException e) {
      throw new IOException(tree.place() + ": " + key + ": " + e.getMessage(), e);
    }
  }

  String place() {
    return tree.place();
  }

  /** Whether it has any credentials. */
  boolean hasCredentials() {
    return CREDENTIALS.stream().anyMatch(tree::has);
  }

  /** Returns the current content of the certificate files that it names. */
  List<String> files() throws IOException {
    List<String> contents = new ArrayList<>();
    if (tree.has(CERT) || tree.has(CERT + DATA)) {
      for (String key : List.of(CERT, KEY)) {
        String file = entry.path(key);
        contents.add(file.isEmpty() ? "" : read(tree, key, file));
      }
    }
    return contents;
  }

  /**
   * Returns the user's credentials. A token, a password or a client certificate takes precedence
   * over a plugin.
   *
   * @throws IOException if they cannot be used
   */
  Access access(KubeconfigCluster cluster, Ticker ticker) throws IOException {
    ExecPlugin plugin = tree.has("exec") ? plugin(tree.tree("exec"), cluster, ticker) : null;
    String idToken = tree.has("auth-provider") ? idToken(tree.tree("auth-provider")) : "";
    ClientKey certificate = certificate();
    Credentials own = credentials(cluster, idToken);
    if (plugin == null || own != Credentials.NONE || certificate != null) {
      return new Access(own, () -> certificate);
    }
    if (tree.tree("exec").text("interactiveMode").equals("Always")) {
      throw new IOException(
          tree.place()
              + ": exec: interactiveMode: Always, but promdisco passes no standard input to plugins"
              + MODES);
    }
    return new Access(plugin, plugin::client);
  }

  private Credentials credentials(KubeconfigCluster cluster, String idToken) throws IOException {
    String inUrl = cluster.userInfo();
    if (!inUrl.isEmpty()) {
      int colon = inUrl.indexOf(':');
      return basic(
          colon < 0 ? inUrl : inUrl.substring(0, colon),
          colon < 0 ? "" : inUrl.substring(colon + 1));
    }
    if (tree.has("tokenFile")) {
      refuseBoth(tree, "tokenFile", "username");
      return tokenFile();
    }
    if (tree.has("token")) {
      return Credentials.token("Bearer", new Secret(tree.text("token")));
    }
    if (tree.has("username")) {
      return basic(tree.text("username"), tree.text("password"));
    }
    return idToken.isEmpty() ? Credentials.NONE : Credentials.token("Bearer", new Secret(idToken));
  }

  private static Credentials basic(String name, String password) {
    return Credentials.basic(() -> name, () -> password);
  }

  private Credentials tokenFile() throws IOException {
    Path file = Path.of(entry.path("tokenFile"));
    String token = tree.text("token");
    if (!token.isEmpty()) {
      return Credentials.rotatedToken(file, new Secret(token));
    }
    String first = read(tree, "tokenFile", file.toString());
    if (first.isEmpty()) {
      throw new IOException(tree.place() + ": tokenFile: " + file + ": empty (expected: a token)");
    }
    return Credentials.rotatedToken(file, new Secret(first));
  }

  /** Returns the token that an auth provider stores in the file. */
  private String idToken(YamlMapping provider) throws IOException {
    String name = provider.text("name");
    if (!name.equals("oidc")) {
      throw new IOException(
          provider.place()
              + ": "
              + (REMOVED.contains(name)
                  ? name + ": no longer supported by Kubernetes clients"
                  : name + ": unknown")
              + " (expected: an exec plugin)");
    }
    String token = provider.tree("config").text("id-token");
    boolean isNeeded = !tree.has("token") && !tree.has("tokenFile") && !tree.has("username");
    if (token.isEmpty() && isNeeded) {
      throw new IOException(
          provider.place()
              + ": config: id-token: not set (expected: a token; promdisco does not renew tokens,"
              + " use an exec plugin)");
    }
    return token;
  }

  private @Nullable ClientKey certificate() throws IOException {
    if (!tree.has(CERT) && !tree.has(CERT + DATA)) {
      return null;
    }
    return ClientKey.of(pem(KEY), pemPlace(KEY), pem(CERT), pemPlace(CERT));
  }

  private String pem(String key) throws IOException {
    String file = entry.path(key);
    return file.isEmpty() ? new String(tree.data(key + DATA), UTF_8) : read(tree, key, file);
  }

  private String pemPlace(String key) throws IOException {
    String file = entry.path(key);
    return tree.place() + ": " + key + (file.isEmpty() ? DATA : ": " + file);
  }

  private ExecPlugin plugin(YamlMapping exec, KubeconfigCluster cluster, Ticker ticker)
      throws IOException {
    if (!version(exec).isEmpty()) {
      throw version(exec, version(exec));
    }
    String command = exec.text("command");
    List<String> words = new ArrayList<>();
    words.add(
        command.indexOf('/') < 0
            ? command
            : entry.inSameFolder(command, exec.place() + ": command").toString());
    words.addAll(exec.texts("args"));
    Map<String, String> env = new LinkedHashMap<>();
    for (YamlMapping variable : exec.trees("env")) {
      env.put(variable.text("name"), variable.text("value"));
    }
    return new ExecPlugin(
        new ExecPlugin.Command(
            exec.text("apiVersion"),
            words,
            env,
            exec.flag("provideClusterInfo") ? cluster.forPlugin() : null,
            exec.text("installHint").lines().findFirst().orElse("")),
        ticker);
  }

  /** Returns the headers for impersonation. */
  Map<String, List<Text>> impersonation() throws IOException {
    Map<String, List<Text>> headers = new LinkedHashMap<>();
    if (!tree.has("as")) {
      return headers;
    }
    headers.put("Impersonate-User", texts(List.of(tree.text("as"))));
    if (tree.has("as-uid")) {
      headers.put("Impersonate-Uid", texts(List.of(tree.text("as-uid"))));
    }
    headers.put("Impersonate-Group", texts(tree.texts("as-groups")));
    YamlMapping extra = tree.tree("as-user-extra");
    for (String key : extra.keys()) {
      headers.put("Impersonate-Extra-" + escaped(key), texts(extra.texts(key)));
    }
    headers.values().removeIf(List::isEmpty);
    return headers;
  }

  /** Converts text to what is sent in headers: each UTF-8 byte becomes a character. */
  private static List<Text> texts(List<String> values) {
    List<Text> texts = new ArrayList<>();
    for (String value : values) {
      String sent = new String(value.getBytes(UTF_8), ISO_8859_1);
      texts.add(() -> sent);
    }
    return texts;
  }

  /** Escapes the characters that a header name may not contain with {@code %}. */
  static String escaped(String key) {
    StringBuilder out = new StringBuilder();
    for (byte one : key.getBytes(UTF_8)) {
      char c = (char) (one & 0xff);
      boolean isPlain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || NAME_BYTES.indexOf(c) >= 0;
      out.append(isPlain ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return out.toString();
  }
}
