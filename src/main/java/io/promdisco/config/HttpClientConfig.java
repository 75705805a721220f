package io.promdisco.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to talk to an HTTP server: Prometheus's HTTP client settings. Paths are resolved against the
 * configuration's folder; files are read when they are needed, so that renewed tokens are seen.
 *
 * @param basicAuth user and password
 * @param authorization the {@code Authorization} header; {@code bearer_token} and {@code
 *     bearer_token_file} end up here too
 * @param oauth2 client credentials
 * @param tls certificates and checks
 * @param proxy which proxy
 * @param headers additional headers
 * @param followRedirects default true
 * @param enableHttp2 default true
 * @param secretReferences the keys, as {@code basic_auth.password_ref}, that name a secret of a
 *     secret manager. There is none, in Prometheus neither: such settings can be read, and nothing
 *     can be asked with them
 */
public record HttpClientConfig(
    Optional<BasicAuth> basicAuth,
    Optional<Authorization> authorization,
    Optional<OAuth2> oauth2,
    TlsConfig tls,
    ProxyConfig proxy,
    Map<String, Header> headers,
    boolean followRedirects,
    boolean enableHttp2,
    List<String> secretReferences) {

  /** Everything as when nothing is written. */
  public static final HttpClientConfig DEFAULT =
      new HttpClientConfig(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          TlsConfig.DEFAULT,
          ProxyConfig.NONE,
          Map.of(),
          true,
          true);

  /** Copies map and list. */
  public HttpClientConfig {
    headers = Map.copyOf(headers);
    secretReferences = List.copyOf(secretReferences);
  }

  /** Settings without references to secrets. */
  public HttpClientConfig(
      Optional<BasicAuth> basicAuth,
      Optional<Authorization> authorization,
      Optional<OAuth2> oauth2,
      TlsConfig tls,
      ProxyConfig proxy,
      Map<String, Header> headers,
      boolean followRedirects,
      boolean enableHttp2) {
    this(
        basicAuth,
        authorization,
        oauth2,
        tls,
        proxy,
        headers,
        followRedirects,
        enableHttp2,
        List.of());
  }

  /**
   * User and password, each given in the configuration or in a file.
   *
   * @param username empty: from {@code usernameFile}
   * @param usernameFile path; empty: none
   * @param password none: from {@code passwordFile}
   * @param passwordFile path; empty: none
   */
  public record BasicAuth(
      String username, String usernameFile, Secret password, String passwordFile) {}

  /**
   * An {@code Authorization} header.
   *
   * @param type {@code Bearer} unless written
   * @param credentials none: from {@code credentialsFile}
   * @param credentialsFile path; empty: none
   */
  public record Authorization(String type, Secret credentials, String credentialsFile) {}

  /**
   * The client credentials grant of RFC 6749, section 4.4, or with {@code jwt} the grant of RFC
   * 7523, section 2.1.
   *
   * @param clientId the client
   * @param clientSecret none: from {@code clientSecretFile}
   * @param clientSecretFile path; empty: none
   * @param scopes requested scopes
   * @param tokenUrl where tokens are had
   * @param endpointParams further parameters of the token request
   * @param tls how to talk to the token server
   * @param proxy how to get to it
   * @param jwt what is signed instead of sending a client secret; none: a client secret is sent
   */
  public record OAuth2(
      String clientId,
      Secret clientSecret,
      String clientSecretFile,
      List<String> scopes,
      String tokenUrl,
      Map<String, String> endpointParams,
      TlsConfig tls,
      ProxyConfig proxy,
      Optional<JwtGrant> jwt) {
    /** Copies list and map. */
    public OAuth2 {
      scopes = List.copyOf(scopes);
      endpointParams = Map.copyOf(endpointParams);
    }

    /** Without what may be secret in URL and parameters. */
    @Override
    public String toString() {
      return "OAuth2[clientId="
          + clientId
          + ", clientSecret="
          + clientSecret
          + ", clientSecretFile="
          + clientSecretFile
          + ", scopes="
          + scopes
          + ", tokenUrl="
          + Urls.redacted(tokenUrl)
          + ", endpointParams="
          + endpointParams.keySet()
          + ", tls="
          + tls
          + ", proxy="
          + proxy
          + ", jwt="
          + jwt
          + "]";
    }
  }

  /**
   * A signed assertion of who asks for a token, RFC 7523.
   *
   * @param key the RSA private key that signs, PEM; none: from {@code keyFile}
   * @param keyFile path of the same; empty: none
   * @param keyId the {@code kid} of the assertion; empty: none
   * @param algorithm {@code RS256}, {@code RS384} or {@code RS512}
   * @param issuer the {@code iss} of the assertion; empty: the client's id
   * @param audience the {@code aud} of the assertion; empty: the token URL
   * @param claims further claims, which win over ours: texts, numbers, booleans, lists and maps
   */
  public record JwtGrant(
      Secret key,
      String keyFile,
      String keyId,
      String algorithm,
      String issuer,
      String audience,
      Map<String, Object> claims) {
    /** Copies the map. */
    public JwtGrant {
      claims = Collections.unmodifiableMap(new LinkedHashMap<>(claims));
    }

    /** Without the values of the claims. */
    @Override
    public String toString() {
      return "JwtGrant[key="
          + key
          + ", keyFile="
          + keyFile
          + ", keyId="
          + keyId
          + ", algorithm="
          + algorithm
          + ", issuer="
          + issuer
          + ", audience="
          + audience
          + ", claims="
          + claims.keySet()
          + "]";
    }
  }

  /**
   * Certificates and checks. Of each pair, inline text or path of a file, one at most is set.
   *
   * @param ca certificates to trust, PEM; empty: those of the machine
   * @param caFile path of the same
   * @param cert the client's certificate, PEM
   * @param certFile path of the same
   * @param key the client's key, PEM
   * @param keyFile path of the same
   * @param serverName the name that the certificate must have; empty: the one in the URL
   * @param insecureSkipVerify trust any certificate
   * @param minVersion {@code TLS10} to {@code TLS13}; empty: the platform's
   * @param maxVersion {@code TLS10} to {@code TLS13}; empty: the platform's
   */
  public record TlsConfig(
      String ca,
      String caFile,
      String cert,
      String certFile,
      Secret key,
      String keyFile,
      String serverName,
      boolean insecureSkipVerify,
      String minVersion,
      String maxVersion) {
    /** Nothing set. */
    public static final TlsConfig DEFAULT =
        new TlsConfig("", "", "", "", Secret.NONE, "", "", false, "", "");
  }

  /**
   * Which proxy.
   *
   * @param url its URL; empty: none
   * @param noProxy addresses reached without it, comma-separated
   * @param fromEnvironment take {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY}
   * @param connectHeaders headers of the CONNECT request
   */
  public record ProxyConfig(
      String url,
      String noProxy,
      boolean fromEnvironment,
      Map<String, List<Secret>> connectHeaders) {
    /** No proxy. */
    public static final ProxyConfig NONE = new ProxyConfig("", "", false, Map.of());

    /** Copies the map. */
    public ProxyConfig {
      connectHeaders = Map.copyOf(connectHeaders);
    }

    /** Without the password in the URL. */
    @Override
    public String toString() {
      return "ProxyConfig[url="
          + Urls.redacted(url)
          + ", noProxy="
          + noProxy
          + ", fromEnvironment="
          + fromEnvironment
          + ", connectHeaders="
          + connectHeaders
          + "]";
    }
  }

  /**
   * A header to send.
   *
   * @param values as written
   * @param secrets values not to be shown
   * @param files paths of files that hold further values
   */
  public record Header(List<String> values, List<Secret> secrets, List<String> files) {
    /** Copies the lists. */
    public Header {
      values = List.copyOf(values);
      secrets = List.copyOf(secrets);
      files = List.copyOf(files);
    }
  }
}
