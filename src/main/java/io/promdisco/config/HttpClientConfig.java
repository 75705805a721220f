package io.promdisco.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prometheus's HTTP client settings. Paths are relative to the folder of the configuration. Files
 * are read when they are needed, so renewed tokens are used.
 *
 * @param basicAuth user and password
 * @param authorization the {@code Authorization} header; contains {@code bearer_token} and {@code
 *     bearer_token_file} too
 * @param oauth2 client credentials
 * @param tls certificates and checks
 * @param proxy which proxy
 * @param headers additional headers
 * @param followRedirects default true
 * @param enableHttp2 accepted, but HTTP/1.1 is always used; default true
 * @param secretReferences the keys that name a secret in a secret manager, for example {@code
 *     basic_auth.password_ref}. Neither Prometheus nor promdisco has a secret manager, so requests
 *     with these settings fail
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

  /** The settings of an empty section. */
  public static final HttpClientConfig DEFAULT =
      new HttpClientConfig(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          TlsConfig.DEFAULT,
          ProxyConfig.NONE,
          Map.of(),
          true,
          true,
          List.of());

  /** Copies map and list. */
  public HttpClientConfig {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    secretReferences = List.copyOf(secretReferences);
  }

  /** Returns a builder with the default of every setting. */
  public static Builder builder() {
    return new Builder(DEFAULT);
  }

  /** Returns a builder with these settings. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Reports problems of these settings. */
  void check(FieldProblems problems) {
    basicAuth.ifPresent(basic -> HttpClientChecks.basicAuth(basic, "", "", problems));
    authorization.ifPresent(
        header ->
            HttpClientChecks.authorization(header, "", problems, problems.in("authorization")));
    HttpClientChecks.ways(
        basicAuth.isPresent(), authorization.isPresent(), oauth2.isPresent(), problems);
    oauth2.ifPresent(
        client -> {
          FieldProblems own = problems.in("oauth2");
          HttpClientChecks.oauth2(client, "", problems, own);
          client.tls().check(own);
          client.proxy().check(own);
        });
    tls.check(problems);
    proxy.check(problems);
    headers
        .keySet()
        .forEach(name -> HttpClientChecks.headerName(name, problems.in("http_headers").in(name)));
  }

  /**
   * Builds HTTP client settings. Relative paths are relative to the current folder of the process;
   * only paths from a configuration file are relative to the folder of that file.
   */
  public static final class Builder {
    private Optional<BasicAuth> basicAuth;
    private Optional<Authorization> authorization;
    private Optional<OAuth2> oauth2;
    private TlsConfig tls;
    private ProxyConfig proxy;
    private final Map<String, Header> headers;
    private boolean followRedirects;
    private boolean enableHttp2;
    private final List<String> secretReferences;

    private Builder(HttpClientConfig from) {
      basicAuth = from.basicAuth;
      authorization = from.authorization;
      oauth2 = from.oauth2;
      tls = from.tls;
      proxy = from.proxy;
      headers = new LinkedHashMap<>(from.headers);
      followRedirects = from.followRedirects;
      enableHttp2 = from.enableHttp2;
      secretReferences = from.secretReferences;
    }

    /** User and password. Default: none. */
    public Builder basicAuth(String username, Secret password) {
      return basicAuth(new BasicAuth(username, "", password, ""));
    }

    /** User and password, or files that hold them. Default: none. */
    public Builder basicAuth(BasicAuth basicAuth) {
      this.basicAuth = Optional.of(basicAuth);
      return this;
    }

    /** The {@code Authorization} header. Default: none. */
    public Builder authorization(Authorization authorization) {
      this.authorization = Optional.of(authorization);
      return this;
    }

    /** An {@code Authorization} header with a bearer token. Default: none. */
    public Builder bearerToken(Secret token) {
      return authorization(new Authorization(Authorization.BEARER, token, ""));
    }

    /** An {@code Authorization} header with the bearer token of a file. Default: none. */
    public Builder bearerTokenFile(String file) {
      return authorization(new Authorization(Authorization.BEARER, Secret.NONE, file));
    }

    /** An OAuth 2.0 server that issues tokens. Default: none. */
    public Builder oauth2(OAuth2 oauth2) {
      this.oauth2 = Optional.of(oauth2);
      return this;
    }

    /** Certificates and checks. Default: {@link TlsConfig#DEFAULT}. */
    public Builder tls(TlsConfig tls) {
      this.tls = Objects.requireNonNull(tls, "tls");
      return this;
    }

    /** The proxy to use. Default: {@link ProxyConfig#NONE}. */
    public Builder proxy(ProxyConfig proxy) {
      this.proxy = Objects.requireNonNull(proxy, "proxy");
      return this;
    }

    /** Adds a header, or replaces the header of this name. */
    public Builder header(String name, Header header) {
      headers.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(header, "header"));
      return this;
    }

    /** Adds a header with values that are not secret, or replaces the header of this name. */
    public Builder header(String name, String... values) {
      return header(name, new Header(List.of(values), List.of(), List.of()));
    }

    /** Whether to follow redirects. Default: true. */
    public Builder followRedirects(boolean followRedirects) {
      this.followRedirects = followRedirects;
      return this;
    }

    /** Whether HTTP/2 is allowed. HTTP/1.1 is always used. Default: true. */
    public Builder enableHttp2(boolean enableHttp2) {
      this.enableHttp2 = enableHttp2;
      return this;
    }

    /**
     * Returns the settings, after the same checks as for a file.
     *
     * @throws IllegalArgumentException with a line for each mistake
     */
    public HttpClientConfig build() {
      HttpClientConfig built =
          new HttpClientConfig(
              basicAuth,
              authorization,
              oauth2,
              tls,
              proxy,
              headers,
              followRedirects,
              enableHttp2,
              secretReferences);
      BuilderChecks.check("HTTP client settings", built::check);
      return built;
    }
  }

  /**
   * A user and a password, each given as text or in a file.
   *
   * @param username empty if it is in {@code usernameFile}
   * @param usernameFile path; empty: none
   * @param password {@link Secret#NONE} if it is in {@code passwordFile}
   * @param passwordFile path; empty: none
   */
  public record BasicAuth(
      String username, String usernameFile, Secret password, String passwordFile) {}

  /**
   * An {@code Authorization} header.
   *
   * @param type default {@code Bearer}
   * @param credentials {@link Secret#NONE} if they are in {@code credentialsFile}
   * @param credentialsFile path; empty: none
   */
  public record Authorization(String type, Secret credentials, String credentialsFile) {
    /** The default type. */
    public static final String BEARER = "Bearer";
  }

  /**
   * The client credentials grant of RFC 6749, section 4.4, or, with {@code jwt}, the grant of RFC
   * 7523, section 2.1.
   *
   * @param clientId the id of the client
   * @param clientSecret {@link Secret#NONE} if it is in {@code clientSecretFile}
   * @param clientSecretFile path; empty: none
   * @param scopes requested scopes
   * @param tokenUrl the URL that issues tokens
   * @param endpointParams further parameters of the token request
   * @param tls TLS settings for the token server
   * @param proxy the proxy for the token server
   * @param jwt the assertion to sign instead of sending a client secret; empty to send a client
   *     secret
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

    /** Returns a builder of a client of a token server. */
    public static Builder builder(String clientId, String tokenUrl) {
      return new Builder(clientId, tokenUrl);
    }

    /** Builds a client of a token server. {@link HttpClientConfig} checks its settings. */
    public static final class Builder {
      private final String clientId;
      private final String tokenUrl;
      private Secret clientSecret = Secret.NONE;
      private String clientSecretFile = "";
      private List<String> scopes = List.of();
      private Map<String, String> endpointParams = Map.of();
      private TlsConfig tls = TlsConfig.DEFAULT;
      private ProxyConfig proxy = ProxyConfig.NONE;
      private Optional<JwtGrant> jwt = Optional.empty();

      private Builder(String clientId, String tokenUrl) {
        this.clientId = Objects.requireNonNull(clientId, "clientId");
        this.tokenUrl = Objects.requireNonNull(tokenUrl, "tokenUrl");
      }

      /** The client's secret. Default: none. */
      public Builder clientSecret(Secret clientSecret) {
        this.clientSecret = Objects.requireNonNull(clientSecret, "clientSecret");
        return this;
      }

      /** The file with the client's secret. Default: none. */
      public Builder clientSecretFile(String clientSecretFile) {
        this.clientSecretFile = Objects.requireNonNull(clientSecretFile, "clientSecretFile");
        return this;
      }

      /** The scopes to ask for. Default: none. */
      public Builder scopes(List<String> scopes) {
        this.scopes = List.copyOf(scopes);
        return this;
      }

      /** Further parameters of the token request. Default: none. */
      public Builder endpointParams(Map<String, String> endpointParams) {
        this.endpointParams = Map.copyOf(endpointParams);
        return this;
      }

      /** TLS settings for the token server. Default: {@link TlsConfig#DEFAULT}. */
      public Builder tls(TlsConfig tls) {
        this.tls = Objects.requireNonNull(tls, "tls");
        return this;
      }

      /** The proxy for the token server. Default: {@link ProxyConfig#NONE}. */
      public Builder proxy(ProxyConfig proxy) {
        this.proxy = Objects.requireNonNull(proxy, "proxy");
        return this;
      }

      /** Signs an assertion instead of sending a secret. Default: a secret is sent. */
      public Builder jwt(JwtGrant jwt) {
        this.jwt = Optional.of(jwt);
        return this;
      }

      /** The client. */
      public OAuth2 build() {
        return new OAuth2(
            clientId,
            clientSecret,
            clientSecretFile,
            scopes,
            tokenUrl,
            endpointParams,
            tls,
            proxy,
            jwt);
      }
    }

    /** Leaves out what may be secret in the URL and the parameters. */
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
          + UrlChecks.redacted(tokenUrl)
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
   * A signed assertion that identifies the client, RFC 7523.
   *
   * @param key the RSA private key that signs, PEM; {@link Secret#NONE} if it is in {@code keyFile}
   * @param keyFile path of the key; empty: none
   * @param keyId the {@code kid} of the assertion; empty: none
   * @param algorithm {@code RS256}, {@code RS384} or {@code RS512}
   * @param issuer the {@code iss} of the assertion; empty: the client's id
   * @param audience the {@code aud} of the assertion; empty: the token URL
   * @param claims further claims, which replace claims of the same name: texts, numbers, booleans,
   *     lists, maps, null
   */
  public record JwtGrant(
      Secret key,
      String keyFile,
      String keyId,
      String algorithm,
      String issuer,
      String audience,
      Map<String, @Nullable Object> claims) {
    /** Copies the map. */
    public JwtGrant {
      claims = Collections.unmodifiableMap(new LinkedHashMap<>(claims));
    }

    /** Leaves out the values of the claims. */
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
   * Certificates, and how to verify servers. At most one of each pair, text or file, is set.
   *
   * @param ca trusted certificates, PEM; empty: those of the machine
   * @param caFile path of the trusted certificates
   * @param cert the client's certificate, PEM
   * @param certFile path of the client's certificate
   * @param key the client's key, PEM
   * @param keyFile path of the client's key
   * @param serverName the name that the certificate must have; empty: the host of the URL
   * @param insecureSkipVerify whether to accept any certificate
   * @param minVersion {@code TLS10} to {@code TLS13}; empty: the JVM's default
   * @param maxVersion {@code TLS10} to {@code TLS13}; empty: the JVM's default
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
    /** The settings of an empty section. */
    public static final TlsConfig DEFAULT =
        new TlsConfig("", "", "", "", Secret.NONE, "", "", false, "", "");

    /** Returns a builder in which nothing is set. */
    public static Builder builder() {
      return new Builder();
    }

    private void check(FieldProblems parent) {
      HttpClientChecks.tls(this, "", "", "", parent, parent.in("tls_config"));
    }

    /** Builds TLS settings. {@link HttpClientConfig} checks them. */
    public static final class Builder {
      private String ca = "";
      private String caFile = "";
      private String cert = "";
      private String certFile = "";
      private Secret key = Secret.NONE;
      private String keyFile = "";
      private String serverName = "";
      private boolean insecureSkipVerify;
      private String minVersion = "";
      private String maxVersion = "";

      private Builder() {}

      /** Trusted certificates, PEM. Default: those of the machine. */
      public Builder ca(String ca) {
        this.ca = Objects.requireNonNull(ca, "ca");
        return this;
      }

      /** The file of trusted certificates, PEM. Default: those of the machine. */
      public Builder caFile(String caFile) {
        this.caFile = Objects.requireNonNull(caFile, "caFile");
        return this;
      }

      /** The client's certificate and its key, PEM. Default: none. */
      public Builder clientCertificate(String cert, Secret key) {
        this.cert = Objects.requireNonNull(cert, "cert");
        this.key = Objects.requireNonNull(key, "key");
        return this;
      }

      /** The files of the client's certificate and its key, PEM. Default: none. */
      public Builder clientCertificateFiles(String certFile, String keyFile) {
        this.certFile = Objects.requireNonNull(certFile, "certFile");
        this.keyFile = Objects.requireNonNull(keyFile, "keyFile");
        return this;
      }

      /** The name that the server's certificate must have. Default: the host of the URL. */
      public Builder serverName(String serverName) {
        this.serverName = Objects.requireNonNull(serverName, "serverName");
        return this;
      }

      /** Whether to accept any certificate. Default: false. */
      public Builder insecureSkipVerify(boolean insecureSkipVerify) {
        this.insecureSkipVerify = insecureSkipVerify;
        return this;
      }

      /** The lowest version, {@code TLS10} to {@code TLS13}. Default: the JVM's. */
      public Builder minVersion(String minVersion) {
        this.minVersion = Objects.requireNonNull(minVersion, "minVersion");
        return this;
      }

      /** The highest version, {@code TLS10} to {@code TLS13}. Default: the JVM's. */
      public Builder maxVersion(String maxVersion) {
        this.maxVersion = Objects.requireNonNull(maxVersion, "maxVersion");
        return this;
      }

      /** The settings. */
      public TlsConfig build() {
        return new TlsConfig(
            ca,
            caFile,
            cert,
            certFile,
            key,
            keyFile,
            serverName,
            insecureSkipVerify,
            minVersion,
            maxVersion);
      }
    }
  }

  /**
   * The proxy to use.
   *
   * @param url its URL; empty: no proxy
   * @param noProxy addresses that are reached directly, comma-separated
   * @param fromEnvironment whether to use {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code
   *     NO_PROXY}
   * @param connectHeaders headers of the CONNECT request
   */
  public record ProxyConfig(
      String url,
      String noProxy,
      boolean fromEnvironment,
      Map<String, List<Secret>> connectHeaders) {
    /** No proxy. */
    public static final ProxyConfig NONE = new ProxyConfig("", "", false, Map.of());

    /** Returns the settings for the proxy at {@code url}, used for every address. */
    public static ProxyConfig at(String url) {
      return new ProxyConfig(url, "", false, Map.of());
    }

    private void check(FieldProblems problems) {
      HttpClientChecks.proxy(this, !url.isEmpty(), problems);
    }

    /** Copies the map. */
    public ProxyConfig {
      connectHeaders = Map.copyOf(connectHeaders);
    }

    /** Leaves out the password in the URL. */
    @Override
    public String toString() {
      return "ProxyConfig[url="
          + UrlChecks.redacted(url)
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
   * A request header.
   *
   * @param values values that may be shown
   * @param secrets values that must not be shown
   * @param files paths of files with further values
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
