package io.promdisco.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
 * @param enableHttp2 accepted, and HTTP/1.1 is used in either case; default true
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
          true,
          List.of());

  /** Copies map and list. */
  public HttpClientConfig {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    secretReferences = List.copyOf(secretReferences);
  }

  /** A builder with every default. */
  public static Builder builder() {
    return new Builder(DEFAULT);
  }

  /** A builder that begins with these settings. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Notes what is wrong with these settings. */
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
   * Builds HTTP client settings. Relative paths of files are relative to the folder of the process;
   * only those of a configuration file are relative to that.
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

    /** Tokens of an OAuth 2.0 server. Default: none. */
    public Builder oauth2(OAuth2 oauth2) {
      this.oauth2 = Optional.of(oauth2);
      return this;
    }

    /** Certificates and checks. Default: {@link TlsConfig#DEFAULT}. */
    public Builder tls(TlsConfig tls) {
      this.tls = Objects.requireNonNull(tls, "tls");
      return this;
    }

    /** Which proxy. Default: {@link ProxyConfig#NONE}. */
    public Builder proxy(ProxyConfig proxy) {
      this.proxy = Objects.requireNonNull(proxy, "proxy");
      return this;
    }

    /** Adds a header, or replaces the one of this name. */
    public Builder header(String name, Header header) {
      headers.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(header, "header"));
      return this;
    }

    /** Adds a header with values that may be shown, or replaces the one of this name. */
    public Builder header(String name, String... values) {
      return header(name, new Header(List.of(values), List.of(), List.of()));
    }

    /** Whether to follow redirects. Default: true. */
    public Builder followRedirects(boolean followRedirects) {
      this.followRedirects = followRedirects;
      return this;
    }

    /** Whether HTTP/2 may be used; HTTP/1.1 is used in either case. Default: true. */
    public Builder enableHttp2(boolean enableHttp2) {
      this.enableHttp2 = enableHttp2;
      return this;
    }

    /**
     * The settings, checked as those of a file.
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
  public record Authorization(String type, Secret credentials, String credentialsFile) {
    /** The usual type. */
    public static final String BEARER = "Bearer";
  }

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

    /** A builder of a client of a token server. */
    public static Builder builder(String clientId, String tokenUrl) {
      return new Builder(clientId, tokenUrl);
    }

    /** Builds a client of a token server; it is checked as part of {@link HttpClientConfig}. */
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

      /** The file that holds the client's secret. Default: none. */
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

      /** How to talk to the token server. Default: {@link TlsConfig#DEFAULT}. */
      public Builder tls(TlsConfig tls) {
        this.tls = Objects.requireNonNull(tls, "tls");
        return this;
      }

      /** How to reach the token server. Default: {@link ProxyConfig#NONE}. */
      public Builder proxy(ProxyConfig proxy) {
        this.proxy = Objects.requireNonNull(proxy, "proxy");
        return this;
      }

      /** Signs an assertion instead of sending a secret. Default: sends the secret. */
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
   * A signed assertion of who asks for a token, RFC 7523.
   *
   * @param key the RSA private key that signs, PEM; none: from {@code keyFile}
   * @param keyFile path of the same; empty: none
   * @param keyId the {@code kid} of the assertion; empty: none
   * @param algorithm {@code RS256}, {@code RS384} or {@code RS512}
   * @param issuer the {@code iss} of the assertion; empty: the client's id
   * @param audience the {@code aud} of the assertion; empty: the token URL
   * @param claims further claims, which win over ours: texts, numbers, booleans, lists, maps, null
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

    /** A builder with nothing set. */
    public static Builder builder() {
      return new Builder();
    }

    private void check(FieldProblems parent) {
      HttpClientChecks.tls(this, "", "", "", parent, parent.in("tls_config"));
    }

    /** Builds certificates and checks; they are checked as part of {@link HttpClientConfig}. */
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

      /** Certificates to trust, PEM. Default: those of the machine. */
      public Builder ca(String ca) {
        this.ca = Objects.requireNonNull(ca, "ca");
        return this;
      }

      /** The file of certificates to trust, PEM. Default: those of the machine. */
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

      /** The name that the server's certificate must have. Default: the one in the URL. */
      public Builder serverName(String serverName) {
        this.serverName = Objects.requireNonNull(serverName, "serverName");
        return this;
      }

      /** Whether to trust any certificate. Default: false. */
      public Builder insecureSkipVerify(boolean insecureSkipVerify) {
        this.insecureSkipVerify = insecureSkipVerify;
        return this;
      }

      /** {@code TLS10} to {@code TLS13}. Default: the platform's. */
      public Builder minVersion(String minVersion) {
        this.minVersion = Objects.requireNonNull(minVersion, "minVersion");
        return this;
      }

      /** {@code TLS10} to {@code TLS13}. Default: the platform's. */
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

    /** The proxy at {@code url}, for every address. */
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

    /** Without the password in the URL. */
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
