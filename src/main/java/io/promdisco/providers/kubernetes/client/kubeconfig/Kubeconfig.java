package io.promdisco.providers.kubernetes.client.kubeconfig;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.http.Credentials;
import io.promdisco.http.ServerSettings;
import io.promdisco.http.tls.TlsSettings;
import io.promdisco.providers.kubernetes.client.kubeconfig.KubeconfigFile.Entry;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.PrintableText;
import io.promdisco.util.SmallFiles;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * One context of a kubeconfig, which may consist of several files, with its cluster and its user.
 * Of entries with the same name, and of current contexts, the first file's is used. Every error is
 * one line that begins with the path of a file.
 */
public final class Kubeconfig {
  private static final Logger log = EscapingLogger.of(Kubeconfig.class);
  private static final String DEFAULT_NAMESPACE = "default";

  private final KubeconfigSource source;
  private final String contextName;
  private final Entry context;
  private final KubeconfigCluster cluster;
  private final KubeconfigUser user;

  private Kubeconfig(
      KubeconfigSource source,
      String contextName,
      Entry context,
      KubeconfigCluster cluster,
      KubeconfigUser user) {
    this.source = source;
    this.contextName = contextName;
    this.context = context;
    this.cluster = cluster;
    this.user = user;
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Reads the selected context.
   *
   * @throws IOException if it does not exist, or if its cluster or user is invalid
   */
  public static Kubeconfig read(KubeconfigSource source) throws IOException {
    return inOneLine(() -> new Choice(source).kubeconfig());
  }

  private static <T> T inOneLine(Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      String line = PrintableText.of(message); // names of entries may contain line breaks
      throw line.equals(message) ? e : new IOException(line, e.getCause());
    }
  }

  /**
   * Returns the selected context and its file, for example {@code context dev of ~/.kube/config}.
   */
  public String description() {
    return "context " + contextName + " of " + context.file();
  }

  /** Returns the namespace of the context. */
  public String namespace() throws IOException {
    String namespace = context.tree().text("namespace");
    return namespace.isEmpty() ? DEFAULT_NAMESPACE : namespace;
  }

  /**
   * Returns the settings for requests to the cluster. Over plain HTTP they contain no credentials.
   *
   * @param env the process environment, which may contain a proxy
   * @throws IOException if a certificate or another setting cannot be used
   */
  public ServerSettings settings(Ticker ticker, Map<String, String> env) throws IOException {
    return inOneLine(() -> cluster.isEncrypted() ? encrypted(ticker, env) : plain(env));
  }

  private ServerSettings encrypted(Ticker ticker, Map<String, String> env) throws IOException {
    KubeconfigUser.Access access = user.access(cluster, ticker);
    TlsSettings tls = cluster.tls().withClient(access.client());
    return settings(tls, access.credentials(), env);
  }

  private ServerSettings plain(Map<String, String> env) throws IOException {
    if (user.hasCredentials()) {
      log.warn(
          "{}: credentials are not sent over plain http to {} (expected: a server with https)",
          user.place(),
          cluster.server());
    }
    return settings(
        TlsSettings.of(HttpClientConfig.TlsConfig.DEFAULT, "tls_config"), Credentials.NONE, env);
  }

  private ServerSettings settings(TlsSettings tls, Credentials credentials, Map<String, String> env)
      throws IOException {
    URI server = cluster.server();
    return new ServerSettings(
        server, tls, credentials, cluster.proxy(env), user.impersonation(), true);
  }

  /**
   * Returns the current content of the files and of the certificate files that they name. The
   * settings change with this content. Tokens in files are read for each request.
   */
  public List<String> contents() throws IOException {
    return inOneLine(
        () -> {
          List<String> contents = new ArrayList<>();
          for (Path file : source.files()) {
            contents.add(Files.notExists(file) ? "" : SmallFiles.read(file));
          }
          contents.addAll(cluster.files());
          contents.addAll(user.files());
          return contents;
        });
  }

  /** Searches for the context in the files. */
  private static final class Choice {
    private final KubeconfigSource source;
    private final List<KubeconfigFile> files = new ArrayList<>();
    private final String place;

    Choice(KubeconfigSource source) throws IOException {
      this.source = source;
      boolean mayMiss = !source.ifMissing().isEmpty();
      for (Path path : source.files()) {
        if (!mayMiss || !Files.notExists(path)) {
          files.add(KubeconfigFile.read(path));
        }
      }
      if (files.isEmpty()) {
        throw new IOException(source.ifMissing());
      }
      place =
          "kubeconfig "
              + files.stream()
                  .map(file -> file.path().toString())
                  .collect(Collectors.joining(", "));
    }

    private String contextName() throws IOException {
      if (!source.context().isEmpty()) {
        return source.context();
      }
      for (KubeconfigFile file : files) {
        if (!file.currentContext().isEmpty()) {
          return file.currentContext();
        }
      }
      throw new IOException(
          place
              + ": current-context: not set "
              + expected("contexts", merged(KubeconfigFile::contexts)));
    }

    private Map<String, Entry> merged(Function<KubeconfigFile, Map<String, Entry>> entries) {
      Map<String, Entry> merged = new LinkedHashMap<>();
      files.forEach(file -> entries.apply(file).forEach(merged::putIfAbsent));
      return merged;
    }

    private static String expected(String list, Map<String, Entry> entries) {
      return entries.isEmpty()
          ? "(expected: a name, but there are no " + list + ")"
          : "(expected: one of "
              + String.join(", ", entries.keySet().stream().sorted().toList())
              + ")";
    }

    Kubeconfig kubeconfig() throws IOException {
      String name = contextName();
      Map<String, Entry> contexts = merged(KubeconfigFile::contexts);
      Entry context = contexts.get(name);
      if (context == null) {
        throw new IOException(
            place + ": context \"" + name + "\": not found " + expected("contexts", contexts));
      }
      Entry found = named(context, "cluster", "clusters", merged(KubeconfigFile::clusters));
      KubeconfigCluster cluster = KubeconfigCluster.of(found);
      return new Kubeconfig(source, name, context, cluster, user(context, cluster));
    }

    /** over plain HTTP the user is not used */
    private KubeconfigUser user(Entry context, KubeconfigCluster cluster) throws IOException {
      Map<String, Entry> users = merged(KubeconfigFile::users);
      Entry user = users.get(context.tree().text("user"));
      if (user == null && !cluster.isEncrypted()) {
        user = new Entry(context.file(), context.tree().tree("no user"));
      }
      return KubeconfigUser.of(user == null ? named(context, "user", "users", users) : user);
    }

    private static Entry named(Entry context, String kind, String list, Map<String, Entry> entries)
        throws IOException {
      String name = context.tree().text(kind);
      String from = context.tree().place() + ": " + kind;
      if (name.isEmpty()) {
        throw new IOException(from + ": not set " + expected(list, entries));
      }
      Entry entry = entries.get(name);
      if (entry == null) {
        throw new IOException(from + " \"" + name + "\": not found " + expected(list, entries));
      }
      return entry;
    }
  }
}
