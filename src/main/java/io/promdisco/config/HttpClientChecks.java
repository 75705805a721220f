package io.promdisco.config;

import com.google.common.collect.Sets;
import io.promdisco.Internal;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks the HTTP client settings of files and builders. A {@code …Ref} parameter names a secret in
 * a secret manager; it is empty unless a file sets it.
 *
 * @hidden
 */
@Internal
public final class HttpClientChecks {
  public static final String CLIENT_CREDENTIALS = "client_credentials";
  public static final String JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  public static final List<String> SIGNATURES = List.of("RS256", "RS384", "RS512");
  private static final List<String> TLS_VERSIONS = List.of("TLS10", "TLS11", "TLS12", "TLS13");

  /** Headers that a remote-write or remote-read client sets. */
  private static final Set<String> RESERVED =
      Set.of(
          "host",
          "content-encoding",
          "content-length",
          "content-type",
          "user-agent",
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "www-authenticate",
          "accept-encoding",
          "x-prometheus-remote-write-version",
          "x-prometheus-remote-read-version",
          "x-amz-date",
          "x-amz-security-token",
          "x-amz-content-sha256");

  private static final Set<String> RESERVED_IN_SCRAPES =
      Sets.union(RESERVED, Set.of("authorization", "x-prometheus-scrape-timeout-seconds"));

  private HttpClientChecks() {}

  public static void basicAuth(
      HttpClientConfig.BasicAuth basic,
      String usernameRef,
      String passwordRef,
      FieldProblems parent) {
    if (count(basic.username(), basic.usernameFile(), usernameRef) > 1) {
      parent.note(
          "basic_auth",
          "at most one of basic_auth username, username_file & username_ref must be configured");
    }
    if (count(basic.password().reveal(), basic.passwordFile(), passwordRef) > 1) {
      parent.note(
          "basic_auth",
          "at most one of basic_auth password, password_file & password_ref must be configured");
    }
  }

  /**
   * @param own takes the problems of the section {@code authorization} itself
   */
  public static void authorization(
      HttpClientConfig.Authorization authorization,
      String credentialsRef,
      FieldProblems parent,
      FieldProblems own) {
    if (count(authorization.credentials().reveal(), authorization.credentialsFile(), credentialsRef)
        > 1) {
      parent.note(
          "authorization",
          "at most one of authorization credentials & credentials_file must be configured");
    }
    if (authorization.type().toLowerCase(Locale.ROOT).equals("basic")) {
      own.note("type", "authorization type cannot be set to \"basic\", use \"basic_auth\" instead");
    }
  }

  /** Checks that at most one way to authenticate is set. */
  public static void ways(
      boolean basic, boolean authorization, boolean oauth2, FieldProblems problems) {
    if ((basic ? 1 : 0) + (authorization ? 1 : 0) + (oauth2 ? 1 : 0) > 1) {
      problems.note(
          basic ? "basic_auth" : "oauth2",
          "at most one of basic_auth, oauth2 & authorization must be configured");
    }
  }

  /**
   * @param secretRef the reference to the secret, or with a {@link HttpClientConfig.JwtGrant} to
   *     its key
   * @param own takes the problems of the section {@code oauth2} itself
   */
  public static void oauth2(
      HttpClientConfig.OAuth2 oauth2, String secretRef, FieldProblems parent, FieldProblems own) {
    if (oauth2.clientId().isEmpty()) {
      parent.note("oauth2", "oauth2 client_id must be configured");
    }
    if (oauth2.tokenUrl().isEmpty()) {
      parent.note("oauth2", "oauth2 token_url must be configured");
    }
    if (oauth2.jwt().isPresent()) {
      jwt(oauth2.jwt().get(), secretRef, parent, own);
    } else if (count(oauth2.clientSecret().reveal(), oauth2.clientSecretFile(), secretRef) > 1) {
      parent.note(
          "oauth2",
          "at most one of oauth2 client_secret, client_secret_file & client_secret_ref must be"
              + " configured using grant-type=client_credentials");
    }
  }

  private static void jwt(
      HttpClientConfig.JwtGrant jwt, String keyRef, FieldProblems parent, FieldProblems own) {
    if (count(jwt.key().reveal(), jwt.keyFile(), keyRef) > 1) {
      parent.note(
          "oauth2",
          "at most one of oauth2 client_certificate_key, client_certificate_key_file &"
              + " client_certificate_key_ref must be configured using grant-type="
              + JWT_BEARER);
    }
    if (!SIGNATURES.contains(jwt.algorithm())) {
      own.note(
          "signature_algorithm",
          "\"" + jwt.algorithm() + "\": valid signature algorithms are RS256, RS384 and RS512");
    }
  }

  /**
   * @param own takes the problems of the section {@code tls_config} itself
   */
  public static void tls(
      HttpClientConfig.TlsConfig tls,
      String caRef,
      String certRef,
      String keyRef,
      FieldProblems parent,
      FieldProblems own) {
    one("ca", tls.ca(), tls.caFile(), caRef, own);
    one("cert", tls.cert(), tls.certFile(), certRef, own);
    one("key", tls.key().reveal(), tls.keyFile(), keyRef, own);
    boolean hasCert = count(tls.cert(), tls.certFile(), certRef) > 0;
    boolean hasKey = count(tls.key().reveal(), tls.keyFile(), keyRef) > 0;
    if (hasCert && !hasKey) {
      parent.note(
          "tls_config",
          "exactly one of key or key_file must be configured when a client certificate is"
              + " configured");
    } else if (hasKey && !hasCert) {
      parent.note(
          "tls_config",
          "exactly one of cert or cert_file must be configured when a client key is configured");
    }
    tlsVersion("min_version", tls.minVersion(), own);
    tlsVersion("max_version", tls.maxVersion(), own);
  }

  private static void one(
      String name, String inline, String file, String ref, FieldProblems problems) {
    if (count(inline, file, ref) > 1) {
      problems.note(
          inline.isEmpty() ? name + "_file" : name,
          "at most one of " + name + ", " + name + "_file & " + name + "_ref must be configured");
    }
  }

  private static void tlsVersion(String field, String version, FieldProblems problems) {
    String wrong = version.isEmpty() ? null : tlsVersionProblem(version);
    if (wrong != null) {
      problems.note(field, wrong);
    }
  }

  /**
   * Returns why a text is not a TLS version, or null if it is one. The empty text is not a version.
   */
  public static @Nullable String tlsVersionProblem(String version) {
    return TLS_VERSIONS.contains(version)
        ? null
        : "unknown TLS version: "
            + (version.isEmpty() ? "\"\"" : version)
            + " (expected: TLS10, TLS11, TLS12 or TLS13"
            + Problem.hint(version, TLS_VERSIONS)
            + ")";
  }

  /**
   * @param hasUrl whether a URL is set, even an empty one
   */
  public static void proxy(
      HttpClientConfig.ProxyConfig proxy, boolean hasUrl, FieldProblems problems) {
    String wrong = UrlChecks.problem(proxy.url());
    if (wrong != null) {
      problems.note("proxy_url", wrong + " (expected: http://host:port)");
    }
    if (!proxy.connectHeaders().isEmpty() && !proxy.fromEnvironment() && proxy.url().isEmpty()) {
      problems.note(
          "proxy_connect_header",
          "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be"
              + " configured");
    }
    if (proxy.fromEnvironment() && !proxy.url().isEmpty()) {
      problems.note(
          "proxy_url", "if proxy_from_environment is configured, proxy_url must not be configured");
    }
    if (proxy.fromEnvironment() && !proxy.noProxy().isEmpty()) {
      problems.note(
          "no_proxy", "if proxy_from_environment is configured, no_proxy must not be configured");
    }
    if (!hasUrl && !proxy.noProxy().isEmpty() && !proxy.fromEnvironment()) {
      problems.note("no_proxy", "if no_proxy is configured, proxy_url must also be configured");
    }
  }

  /** Reports headers that the client sets itself. */
  public static void headerName(String name, FieldProblems own) {
    if (RESERVED_IN_SCRAPES.contains(name.toLowerCase(Locale.ROOT))) {
      own.note(
          "",
          "setting header \""
              + name
              + "\" is not allowed (expected: one that the client does not set itself)");
    }
  }

  /**
   * Returns why a header of {@code remote_write} and similar sections must not be set, or null if
   * it may be set.
   */
  public static @Nullable String remoteHeaderProblem(String header) {
    String name = header.toLowerCase(Locale.ROOT);
    if (name.equals("authorization")) {
      return "the authorization header is set with basic_auth, authorization or oauth2 (expected:"
          + " one of them)";
    }
    return RESERVED.contains(name)
        ? header + " is a reserved header. It must not be changed"
        : null;
  }

  public static int count(String... values) {
    int count = 0;
    for (String value : values) {
      count += value.isEmpty() ? 0 : 1;
    }
    return count;
  }
}
