package io.promdisco.http.tls;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.util.SmallFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * TLS settings for one server.
 *
 * @param authorities trusted certificates; empty for those that the JVM trusts
 * @param authoritiesPlace their origin, for errors; empty for the JVM
 * @param client returns the client certificate, or null for none
 * @param serverName the name that the server's certificate must have; empty for the host of the URL
 * @param insecure whether to accept any certificate
 * @param versions the protocol versions by their names in the JDK; empty for the JVM's default
 */
public record TlsSettings(
    List<X509Certificate> authorities,
    String authoritiesPlace,
    Supplier<@Nullable ClientKey> client,
    String serverName,
    boolean insecure,
    List<String> versions) {
  private static final List<String> VERSIONS = List.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");
  private static final List<String> NAMES = List.of("TLS10", "TLS11", "TLS12", "TLS13");

  /**
   * Reads the certificates that {@code config} names.
   *
   * @param path the setting that contains {@code config}, for errors, for example {@code
   *     tls_config}
   * @throws IOException whose message is one line that names the setting and the file
   */
  public static TlsSettings of(TlsConfig config, String path) throws IOException {
    PemText ca = PemText.of(config.ca(), config.caFile(), path + ".ca");
    PemText cert = PemText.of(config.cert(), config.certFile(), path + ".cert");
    PemText key = PemText.of(config.key().reveal(), config.keyFile(), path + ".key");
    return new TlsSettings(
        ca.isEmpty() ? List.of() : Pem.authorities(ca.text(), ca.source()),
        ca.isEmpty() ? "" : ca.where(),
        clientKey(cert, key),
        config.serverName(),
        config.insecureSkipVerify(),
        versions(config.minVersion(), config.maxVersion(), path));
  }

  /**
   * Returns the current content of the certificate files that {@code http} names. When it changes,
   * {@link #of} returns other settings.
   */
  public static List<String> files(HttpClientConfig http) throws IOException {
    List<String> contents = new ArrayList<>(files(http.tls(), "tls_config"));
    if (http.oauth2().isPresent()) {
      contents.addAll(files(http.oauth2().get().tls(), "oauth2.tls_config"));
    }
    return contents;
  }

  /**
   * Returns the current content of the files that {@code config} names.
   *
   * @param path the setting that contains {@code config}, for errors, for example {@code
   *     tls_config}
   */
  public static List<String> files(TlsConfig config, String path) throws IOException {
    return List.of(
        PemText.of("", config.caFile(), path + ".ca").text(),
        PemText.of("", config.certFile(), path + ".cert").text(),
        PemText.of("", config.keyFile(), path + ".key").text());
  }

  /** Returns these settings with another client certificate. */
  public TlsSettings withClient(Supplier<@Nullable ClientKey> other) {
    return new TlsSettings(authorities, authoritiesPlace, other, serverName, insecure, versions);
  }

  /**
   * Returns these settings with other trusted certificates.
   *
   * @param place their origin, for errors
   */
  public TlsSettings withAuthorities(List<X509Certificate> others, String place) {
    return new TlsSettings(others, place, client, serverName, insecure, versions);
  }

  /**
   * Returns these settings with another name that the server's certificate must have; empty for the
   * host of the URL.
   */
  TlsSettings withServerName(String other) {
    return new TlsSettings(authorities, authoritiesPlace, client, other, insecure, versions);
  }

  private static Supplier<@Nullable ClientKey> clientKey(PemText cert, PemText key)
      throws IOException {
    if (cert.isEmpty() && key.isEmpty()) {
      return () -> null;
    }
    if (cert.isEmpty() || key.isEmpty()) {
      throw new IOException(
          (cert.isEmpty() ? cert : key).source() + ": not set (expected certificate and key)");
    }
    ClientKey both = ClientKey.of(key.text(), key.source(), cert.text(), cert.source());
    return () -> both;
  }

  private static List<String> versions(String min, String max, String path) throws IOException {
    if (min.isEmpty() && max.isEmpty()) {
      return List.of();
    }
    int from = min.isEmpty() ? 0 : version(min, path + ".min_version");
    int to = max.isEmpty() ? VERSIONS.size() - 1 : version(max, path + ".max_version");
    if (from > to) {
      throw new IOException(
          path + ".min_version: " + min + " (expected at most max_version, " + max + ")");
    }
    return VERSIONS.subList(from, to + 1);
  }

  /** Returns the versions in a range whose ends are named as in the configuration. */
  public static List<String> versions(String min, String max) {
    return VERSIONS.subList(NAMES.indexOf(min), NAMES.indexOf(max) + 1);
  }

  private static int version(String name, String path) throws IOException {
    int index = NAMES.indexOf(name);
    if (index < 0) {
      throw new IOException(path + ": " + name + " (expected one of TLS10, TLS11, TLS12, TLS13)");
    }
    return index;
  }

  /** A text that is given in the configuration or in a file. */
  record PemText(String text, String source, String where) {
    /** Returns {@code inline}, or else the content of {@code file}; empty if there is neither. */
    static PemText of(String inline, String file, String path) throws IOException {
      if (!inline.isEmpty() || file.isEmpty()) {
        return new PemText(inline, path, path);
      }
      try {
        return new PemText(SmallFiles.read(Path.of(file)), path + "_file: " + file, file);
      } catch (IOException e) {
        throw new IOException(path + "_file: " + e.getMessage(), e);
      }
    }

    boolean isEmpty() {
      return text.isEmpty();
    }

    /** Leaves out the text, which may be a key. */
    @Override
    public String toString() {
      return source;
    }
  }

  /** Returns a verifier of server certificates with these settings. */
  PeerVerifier trustManager() throws GeneralSecurityException {
    return insecure
        ? new TrustsAnybody()
        : CertificateVerifier.of(authorities, authoritiesPlace, serverName);
  }

  /** Accepts any certificate and name, for {@code insecure_skip_verify}. */
  private static final class TrustsAnybody extends PeerVerifier {
    @Override
    protected void checkServer(X509Certificate[] chain, @Nullable String host) {}

    @Override
    protected void checkClient(X509Certificate[] chain) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
