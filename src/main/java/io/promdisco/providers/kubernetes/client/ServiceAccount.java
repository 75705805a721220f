package io.promdisco.providers.kubernetes.client;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.Secret;
import io.promdisco.http.Credentials;
import io.promdisco.http.ProxyRules;
import io.promdisco.http.RenewingSender;
import io.promdisco.http.ServerSettings;
import io.promdisco.http.ServerUrls;
import io.promdisco.http.tls.Pem;
import io.promdisco.http.tls.TlsSettings;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.SmallFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;

/**
 * The API server of the cluster that this process runs in, with the credentials of its pod's
 * service account. Called by one thread at a time.
 */
final class ServiceAccount implements RenewingSender.Source {
  private static final Logger log = EscapingLogger.of(ServiceAccount.class);

  private final Path token;
  private final Path ca;
  private final String host;
  private final String port;
  private final Map<String, String> env;
  private boolean hasAuthority;

  /**
   * Creates a source.
   *
   * @param folder the folder with the token and the CA
   * @param env the process environment, which contains host and port, and possibly a proxy
   */
  ServiceAccount(Path folder, Map<String, String> env) {
    token = folder.resolve("token");
    ca = folder.resolve("ca.crt");
    host = env.getOrDefault(ClusterChoice.HOST, "");
    port = env.getOrDefault(ClusterChoice.PORT, "");
    this.env = env;
  }

  @Override
  public ServerSettings settings() throws IOException {
    if (host.isEmpty() || port.isEmpty()) {
      throw new IOException(
          "not in a cluster: "
              + ClusterChoice.HOST
              + " and "
              + ClusterChoice.PORT
              + " are not set (set kubeconfig_file or api_server to discover from outside)");
    }
    String first = SmallFiles.read(token);
    if (first.isEmpty()) {
      throw new IOException(token + ": empty (expected: the token of the service account)");
    }
    String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return new ServerSettings(
        ServerUrls.server("https://" + bracketed + ":" + port, ClusterChoice.HOST),
        tls(),
        Credentials.rotatedToken(token, new Secret(first)),
        ProxyRules.fromEnvironment(env),
        Map.of(),
        true);
  }

  /**
   * Returns settings that trust the CA, or the CAs of this machine if its file was never readable.
   */
  private TlsSettings tls() throws IOException {
    TlsSettings tls = TlsSettings.of(HttpClientConfig.TlsConfig.DEFAULT, "tls_config");
    try {
      List<X509Certificate> authorities = Pem.authorities(SmallFiles.read(ca), ca.toString());
      hasAuthority = true;
      return tls.withAuthorities(authorities, ca.toString());
    } catch (IOException e) {
      if (hasAuthority) {
        throw e;
      }
      log.warn("{}; trusting the CAs of this machine instead", e.getMessage());
      return tls;
    }
  }

  @Override
  public List<String> contents() throws IOException {
    try {
      return List.of(SmallFiles.read(ca));
    } catch (IOException e) {
      if (hasAuthority) {
        throw e;
      }
      return List.of("");
    }
  }
}
