package io.promdisco.providers.kubernetes.client.kubeconfig;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of one kubeconfig file. The types of all entries are checked as in Kubernetes
 * clients, even of entries that no context uses; unknown fields are ignored.
 *
 * @param path the path of the file
 * @param currentContext the name of the context to use; empty for none
 */
record KubeconfigFile(
    Path path,
    String currentContext,
    Map<String, Entry> contexts,
    Map<String, Entry> clusters,
    Map<String, Entry> users) {
  private static final String EXPECTED = "a mapping with clusters, contexts and users";

  /** Checks the type of a field. */
  private interface Type {
    void check(YamlMapping tree, String key) throws IOException;
  }

  private static final Type TEXT = YamlMapping::text;
  private static final Type TEXTS = YamlMapping::texts;
  private static final Type FLAG = YamlMapping::flag;
  private static final Type DATA = YamlMapping::data;
  private static final Type EXTENSIONS = KubeconfigFile::checkExtensions;
  private static final Type EXTRA = (tree, key) -> checkAll(tree.tree(key), TEXTS);
  private static final Type EXEC = (tree, key) -> checkExec(tree.tree(key));
  private static final Type PROVIDER = (tree, key) -> checkProvider(tree.tree(key));

  private static final Map<String, Type> CONTEXT =
      Map.of("cluster", TEXT, "user", TEXT, "namespace", TEXT, "extensions", EXTENSIONS);

  private static final Map<String, Type> CLUSTER =
      Map.of(
          "server", TEXT,
          "tls-server-name", TEXT,
          "insecure-skip-tls-verify", FLAG,
          "certificate-authority", TEXT,
          "certificate-authority-data", DATA,
          "proxy-url", TEXT,
          "disable-compression", FLAG,
          "extensions", EXTENSIONS);

  private static final Map<String, Type> USER =
      Map.ofEntries(
          Map.entry("client-certificate", TEXT),
          Map.entry("client-certificate-data", DATA),
          Map.entry("client-key", TEXT),
          Map.entry("client-key-data", DATA),
          Map.entry("token", TEXT),
          Map.entry("tokenFile", TEXT),
          Map.entry("as", TEXT),
          Map.entry("as-uid", TEXT),
          Map.entry("as-groups", TEXTS),
          Map.entry("as-user-extra", EXTRA),
          Map.entry("username", TEXT),
          Map.entry("password", TEXT),
          Map.entry("auth-provider", PROVIDER),
          Map.entry("exec", EXEC),
          Map.entry("extensions", EXTENSIONS));

  private static final Map<String, Type> EXEC_FIELDS =
      Map.of(
          "command", TEXT,
          "args", TEXTS,
          "apiVersion", TEXT,
          "installHint", TEXT,
          "provideClusterInfo", FLAG,
          "interactiveMode", TEXT);

  /**
   * A context, a cluster or a user.
   *
   * @param file the file that contains the entry
   */
  record Entry(Path file, YamlMapping tree) {
    /**
     * Returns a path in the entry, relative to the folder of its file; empty if it is not set.
     *
     * @throws IOException if it is not a valid path
     */
    String path(String key) throws IOException {
      String text = tree.text(key);
      return text.isEmpty() ? "" : inSameFolder(text, tree.place() + ": " + key).toString();
    }

    /** Returns the path of a file that is relative to the folder of this one. */
    Path inSameFolder(String relative, String place) throws IOException {
      try {
        return file.toAbsolutePath().resolveSibling(relative).normalize();
      } catch (InvalidPathException e) {
        throw new IOException(place + ": not a valid path: " + e.getReason(), e);
      }
    }
  }

  /**
   * Reads a file.
   *
   * @throws IOException whose message is one line that begins with the path
   */
  static KubeconfigFile read(Path path) throws IOException {
    String place = "kubeconfig " + path;
    YamlMapping root = YamlMapping.read(path, place, EXPECTED);
    expect(root, "apiVersion", "v1");
    expect(root, "kind", "Config");
    return new KubeconfigFile(
        path,
        root.text("current-context"),
        entries(path, root, "contexts", "context", CONTEXT),
        entries(path, root, "clusters", "cluster", CLUSTER),
        entries(path, root, "users", "user", USER));
  }

  private static void expect(YamlMapping root, String key, String expected) throws IOException {
    String text = root.text(key);
    if (!text.isEmpty() && !text.equals(expected)) {
      throw new IOException(
          root.place() + ": " + key + ": " + text + " (expected: " + expected + ")");
    }
  }

  private static Map<String, Entry> entries(
      Path path, YamlMapping root, String list, String kind, Map<String, Type> fields)
      throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (YamlMapping named : root.trees(list)) {
      String name = named.text("name");
      String place = root.place() + ": " + kind + " \"" + name + "\"";
      YamlMapping tree = named.tree(kind, place);
      check(tree, fields);
      if (entries.put(name, new Entry(path, tree)) != null) {
        throw duplicateProblem(root.place() + ": " + list, name);
      }
    }
    return entries;
  }

  private static IOException duplicateProblem(String place, String name) {
    return new IOException(place + ": \"" + name + "\" occurs twice (expected: each name once)");
  }

  private static void check(YamlMapping tree, Map<String, Type> fields) throws IOException {
    for (String key : tree.keys()) {
      Type type = fields.get(key);
      if (type != null) {
        type.check(tree, key);
      }
    }
  }

  private static void checkAll(YamlMapping tree, Type type) throws IOException {
    for (String key : tree.keys()) {
      type.check(tree, key);
    }
  }

  private static void checkExtensions(YamlMapping tree, String key) throws IOException {
    List<String> names = new ArrayList<>();
    for (YamlMapping extension : tree.trees(key)) {
      String name = extension.text("name");
      if (names.contains(name)) {
        throw duplicateProblem(tree.place() + ": " + key, name);
      }
      names.add(name);
    }
  }

  private static void checkExec(YamlMapping exec) throws IOException {
    check(exec, EXEC_FIELDS);
    for (YamlMapping variable : exec.trees("env")) {
      TEXT.check(variable, "name");
      TEXT.check(variable, "value");
    }
  }

  private static void checkProvider(YamlMapping provider) throws IOException {
    TEXT.check(provider, "name");
    checkAll(provider.tree("config"), TEXT);
  }
}
