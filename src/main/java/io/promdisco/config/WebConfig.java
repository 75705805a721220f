package io.promdisco.config;

import io.promdisco.Internal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who may reach the server, and how: what {@code --web.config.file} says, in the format that
 * Prometheus and its exporters read.
 *
 * @param tls how to speak TLS; nothing: plain HTTP
 * @param headers what every answer carries besides its own headers
 * @param users bcrypt hashes of the passwords, by user; none: nobody is asked
 * @hidden
 */
@Internal
public record WebConfig(Optional<Tls> tls, Map<String, String> headers, Map<String, Secret> users) {
  /** What holds where there is no file: plain HTTP, for anybody. */
  public static final WebConfig OPEN = new WebConfig(Optional.empty(), Map.of(), Map.of());

  /** Copies the maps. */
  public WebConfig {
    headers = Map.copyOf(headers);
    users = Map.copyOf(users);
  }

  /**
   * What is asked of a client's certificate.
   *
   * @hidden
   */
  public enum ClientAuth {
    /** Nothing; none is asked for. */
    NO_CLIENT_CERT("NoClientCert"),
    /** It is asked for; none will do, any will do. */
    REQUEST_CLIENT_CERT("RequestClientCert"),
    /** There must be one; any will do. */
    REQUIRE_ANY_CLIENT_CERT("RequireAnyClientCert"),
    /** If there is one, a client CA must have signed it. */
    VERIFY_CLIENT_CERT_IF_GIVEN("VerifyClientCertIfGiven"),
    /** There must be one, and a client CA must have signed it. */
    REQUIRE_AND_VERIFY_CLIENT_CERT("RequireAndVerifyClientCert");

    private final String written;

    ClientAuth(String written) {
      this.written = written;
    }

    /** As the file says it. */
    public String written() {
      return written;
    }

    /** Whether a client without certificate is refused. */
    public boolean required() {
      return this == REQUIRE_ANY_CLIENT_CERT || this == REQUIRE_AND_VERIFY_CLIENT_CERT;
    }

    /** Whether a client CA must have signed it. */
    public boolean verified() {
      return this == VERIFY_CLIENT_CERT_IF_GIVEN || this == REQUIRE_AND_VERIFY_CLIENT_CERT;
    }
  }

  /**
   * How to speak TLS. Of a text and a file for the same, the file counts.
   *
   * @param cert the certificate and those that lead to its CA, PEM
   * @param certFile the file that holds it, or empty
   * @param key its private key, PEM without password
   * @param keyFile the file that holds it, or empty
   * @param clientAuth what is asked of a client's certificate
   * @param clientCa certificates of the client CAs, PEM; none at all: those that the machine trusts
   * @param clientCaFile the file that holds them, or empty
   * @param allowedSans names of which a client's certificate must have one; none: any name
   * @param minVersion {@code TLS10} to {@code TLS13}; default {@code TLS12}
   * @param maxVersion likewise; default {@code TLS13}
   * @param cipherSuites those that may be used, up to TLS 1.2; none: the platform's choice
   * @param serverOrder whether the server's order of cipher suites counts; default true
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
