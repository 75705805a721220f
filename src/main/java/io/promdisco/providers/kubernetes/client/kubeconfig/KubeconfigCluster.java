package io.promdisco.providers.kubernetes.client.kubeconfig;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.Secret;
import io.promdisco.http.ProxyRules;
import io.promdisco.http.ServerUrls;
import io.promdisco.http.tls.Pem;
import io.promdisco.http.tls.TlsSettings;
import io.promdisco.providers.kubernetes.client.kubeconfig.KubeconfigFile.Entry;
import io.promdisco.util.SmallFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A cluster of a kubeconfig: its address, and how to verify its certificate. */
final class KubeconfigCluster {
  private static final String CA = "certificate-authority";
  private static final String CA_DATA = "certificate-authority-data";
  private static final String INSECURE = "insecure-skip-tls-verify";
  private static final String PLUGIN_EXTENSION = "client.authentication.k8s.io/exec";
  private static final int MOST_VALUES = 100_000;

  private final Entry entry;
  private final YamlMapping tree;
  private final URI server;

  private KubeconfigCluster(Entry entry) throws IOException {
    this.entry = entry;
    this.tree = entry.tree();
    this.server = server(tree);
  }

  /**
   * Reads a cluster.
   *
   * @throws IOException if it is invalid; the message contains the file, the cluster and the reason
   */
  static KubeconfigCluster of(Entry entry) throws IOException {
    KubeconfigCluster cluster = new KubeconfigCluster(entry);
    YamlMapping tree = cluster.tree;
    KubeconfigUser.refuseBoth(tree, CA, CA_DATA);
    cluster.proxy(Map.of()); // throws if it is invalid
    cluster.authorityText(); // a missing file is an error even for plain HTTP
    return cluster;
  }

  private static URI server(YamlMapping tree) throws IOException {
    String text = tree.text("server");
    if (text.isEmpty()) {
      throw new IOException(tree.place() + ": server: not set (expected: https://HOST:PORT)");
    }
    return ServerUrls.server(
        text.contains("://") ? text : "http://" + text, tree.place() + ": server");
  }

  URI server() {
    return server;
  }

  boolean isEncrypted() {
    return "https".equals(server.getScheme());
  }

  /** Returns the user and password in the server's URL; empty if there are none. */
  String userInfo() throws IOException {
    return ServerUrls.userInfo(tree.text("server"));
  }

  /** Returns the proxy of the cluster, or, as in client-go, that of the environment. */
  ProxyRules proxy(Map<String, String> env) throws IOException {
    String url = tree.text("proxy-url");
    return url.isEmpty()
        ? ProxyRules.fromEnvironment(env)
        : ProxyRules.all(url, tree.place() + ": proxy-url");
  }

  /** Returns the TLS settings for the server. */
  TlsSettings tls() throws IOException {
    if (tree.flag(INSECURE)) {
      KubeconfigUser.refuseBoth(tree, CA, INSECURE);
      KubeconfigUser.refuseBoth(tree, CA_DATA, INSECURE);
    }
    HttpClientConfig.TlsConfig config =
        new HttpClientConfig.TlsConfig(
            "",
            "",
            "",
            "",
            Secret.NONE,
            "",
            tree.text("tls-server-name"),
            tree.flag(INSECURE),
            "",
            "");
    TlsSettings tls = TlsSettings.of(config, "tls_config");
    String file = entry.path(CA);
    String text = authorityText();
    if (text.isEmpty() && file.isEmpty()) {
      return tls;
    }
    String place = tree.place() + ": " + (file.isEmpty() ? CA_DATA : CA + ": " + file);
    String authorities = file.isEmpty() ? entry.file().toString() : file;
    return tls.withAuthorities(Pem.authorities(text, place), authorities);
  }

  private String authorityText() throws IOException {
    String file = entry.path(CA);
    return file.isEmpty()
        ? new String(tree.data(CA_DATA), UTF_8)
        : KubeconfigUser.read(tree, CA, file);
  }

  /** Returns the current content of the files that it names. */
  List<String> files() throws IOException {
    String file = entry.path(CA);
    return file.isEmpty() ? List.of() : List.of(KubeconfigUser.read(tree, CA, file));
  }

  /**
   * Returns the description of the cluster for a plugin: {@code spec.cluster} of an {@code
   * ExecCredential}.
   */
  ObjectNode forPlugin() throws IOException {
    ObjectNode info = new ObjectMapper().createObjectNode();
    info.put("server", serverForPlugin());
    put(info, "tls-server-name");
    if (tree.flag(INSECURE)) {
      info.put(INSECURE, true);
    }
    String file = entry.path(CA);
    byte[] authority = file.isEmpty() ? tree.data(CA_DATA) : SmallFiles.bytes(Path.of(file));
    if (authority.length > 0) {
      info.put(CA_DATA, authority);
    }
    put(info, "proxy-url");
    if (tree.flag("disable-compression")) {
      info.put("disable-compression", true);
    }
    info.set("config", pluginConfig(info));
    return info;
  }

  private void put(ObjectNode info, String key) throws IOException {
    if (tree.has(key)) {
      info.put(key, tree.text(key));
    }
  }

  /** Returns the URL as it is written, without query and fragment after a path. */
  private String serverForPlugin() throws IOException {
    String text = tree.text("server");
    return server.getRawPath().isEmpty() ? text : text.replaceFirst("[?#].*", "");
  }

  private JsonNode pluginConfig(ObjectNode factory) throws IOException {
    for (YamlMapping extension : tree.trees("extensions")) {
      if (extension.text("name").equals(PLUGIN_EXTENSION)) {
        return json(extension.value("extension"), factory, new int[1]);
      }
    }
    return factory.nullNode();
  }

  /** Aliases may make a small text large. */
  private JsonNode json(@Nullable Object value, ObjectNode factory, int[] count)
      throws IOException {
    if (++count[0] > MOST_VALUES) {
      throw new IOException(
          tree.place() + ": extensions: more than " + MOST_VALUES + " values (expected: fewer)");
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode node = factory.objectNode();
      for (Map.Entry<?, ?> field : map.entrySet()) {
        node.set(String.valueOf(field.getKey()), json(field.getValue(), factory, count));
      }
      return node;
    }
    if (value instanceof List<?> list) {
      ArrayNode node = factory.arrayNode();
      for (Object item : list) {
        node.add(json(item, factory, count));
      }
      return node;
    }
    return new ObjectMapper().valueToTree(value);
  }
}
