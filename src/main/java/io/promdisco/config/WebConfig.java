package io.promdisco.config;

import io.promdisco.Internal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of {@code --web.config.file}, in the format that Prometheus and its exporters read:
 * TLS, client certificates, headers and passwords.
 *
 * @param tls TLS settings; empty for plain HTTP
 * @param headers additional headers of every answer
 * @param users bcrypt hashes of the passwords by user; empty if no password is required
 * @hidden
 */
@Internal
public record WebConfig(Optional<Tls> tls, Map<String, String> headers, Map<String, Secret> users) {
  /** The settings without a file: plain HTTP without passwords. */
  public static final WebConfig OPEN = new WebConfig(Optional.empty(), Map.of(), Map.of());

  /** Copies the maps. */
  public WebConfig {
    headers = Map.copyOf(headers);
    users = Map.copyOf(users);
  }

  /**
   * Which client certificates are required.
   *
   * @hidden
   */
  public enum ClientAuth {
    /** No certificate is requested. */
    NO_CLIENT_CERT("NoClientCert"),
    /** A certificate is requested; none, or any, is accepted. */
    REQUEST_CLIENT_CERT("RequestClientCert"),
    /** A certificate is required; any is accepted. */
    REQUIRE_ANY_CLIENT_CERT("RequireAnyClientCert"),
    /** A certificate is optional; a client CA must have signed it. */
    VERIFY_CLIENT_CERT_IF_GIVEN("VerifyClientCertIfGiven"),
    /** A certificate is required; a client CA must have signed it. */
    REQUIRE_AND_VERIFY_CLIENT_CERT("RequireAndVerifyClientCert");

    private final String written;

    ClientAuth(String written) {
      this.written = written;
    }

    /** Returns the name in the file. */
    public String written() {
      return written;
    }

    /** Whether a client without certificate is rejected. */
    public boolean required() {
      return this == REQUIRE_ANY_CLIENT_CERT || this == REQUIRE_AND_VERIFY_CLIENT_CERT;
    }

    /** Whether a client CA must have signed the certificate. */
    public boolean verified() {
      return this == VERIFY_CLIENT_CERT_IF_GIVEN || this == REQUIRE_AND_VERIFY_CLIENT_CERT;
    }
  }

  /**
   * TLS settings. If both a text and a file are set, the file is used.
   *
   * @param cert the certificate and the intermediate certificates up to its CA, PEM
   * @param certFile the file with the certificates, or empty
   * @param key the private key, PEM without password
   * @param keyFile the file with the private key, or empty
   * @param clientAuth which client certificates are required
   * @param clientCa certificates of the client CAs, PEM; if neither this nor the file is set, those
   *     that the machine trusts
   * @param clientCaFile the file with the certificates of the client CAs, or empty
   * @param allowedSans names of which a client certificate must have one; empty: any name
   * @param minVersion {@code TLS10} to {@code TLS13}; default {@code TLS12}
   * @param maxVersion {@code TLS10} to {@code TLS13}; default {@code TLS13}
   * @param cipherSuites the cipher suites allowed up to TLS 1.2; empty: the JVM's choice
   * @param serverOrder whether the server's order of cipher suites takes precedence; default true
   * @hidden
   */
  public record Tls(
      String cert,
      String certFile,
      Secret key,
      String keyFile,
      ClientAuth clientAuth,
      String clientCa,
      String clientCaFile,
      List<String> allowedSans,
      String minVersion,
      String maxVersion,
      List<String> cipherSuites,
      boolean serverOrder) {
    /** Copies the lists. */
    public Tls {
      allowedSans = List.copyOf(allowedSans);
      cipherSuites = List.copyOf(cipherSuites);
    }
  }
}
