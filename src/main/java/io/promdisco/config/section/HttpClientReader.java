package io.promdisco.config.section;

import io.promdisco.config.HttpClientChecks;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.Authorization;
import io.promdisco.config.HttpClientConfig.BasicAuth;
import io.promdisco.config.HttpClientConfig.Header;
import io.promdisco.config.HttpClientConfig.JwtGrant;
import io.promdisco.config.HttpClientConfig.OAuth2;
import io.promdisco.config.HttpClientConfig.ProxyConfig;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.Secret;
import io.promdisco.config.Urls;
import io.promdisco.config.yaml.Paths;
import io.promdisco.config.yaml.Scalars;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.Shown;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads Prometheus's HTTP client settings, which stand inline among the keys of a section. */
final class HttpClientReader {
  /** Whose settings are read: it decides about a default, and about files that do not exist. */
  enum Owner {
    /** A job: promtool looks for the files of its own credentials and of its certificate. */
    JOB,
    /** A Kubernetes source of a job: promtool looks for the files of its certificate. */
    KUBERNETES,
    /** HTTP/2 is off by default. */
    REMOTE_WRITE,
    /** Anything else. */
    OTHER;

    private boolean needsCredentials() {
      return this == JOB;
    }

    private boolean needsCertificate() {
      return this == JOB || this == KUBERNETES;
    }
  }

  private final Section section;
  private final Paths paths;
  private final Owner owner;
  private final Shown shown = new Shown();
  private final List<String> references = new ArrayList<>();

  private HttpClientReader(Section section, Paths paths, Owner owner) {
    this.section = section;
    this.paths = paths;
    this.owner = owner;
  }

  /**
   * What was read.
   *
   * @param config the settings
   * @param isDefault whether nothing is written that differs from nothing: not even empty settings,
   *     which Prometheus tells from none
   * @param shown how they are shown
   */
  record Result(HttpClientConfig config, boolean isDefault, Map<String, Object> shown) {}

  static Result read(Section section, Paths paths, Owner owner) {
    HttpClientReader reader = new HttpClientReader(section, paths, owner);
    HttpClientConfig config = reader.config();
    boolean isDefault =
        config.equals(HttpClientConfig.DEFAULT)
            && !section.isSet("proxy_url")
            && !section.hasValue("proxy_connect_header")
            && !section.hasValue("http_headers");
    return new Result(config, isDefault, reader.shown.map());
  }

  private HttpClientConfig config() {
    Optional<BasicAuth> basic = basicAuth();
    Optional<Authorization> authorization = authorization();
    Optional<OAuth2> oauth2 = oauth2();
    authorization = bearer(authorization, basic.isPresent(), oauth2.isPresent());
    HttpClientChecks.ways(
        basic.isPresent(),
        section.has("authorization") && authorization.isPresent(),
        oauth2.isPresent(),
        section::note);
    TlsConfig tls = tls(section, paths, owner, shown, references);
    boolean redirects = section.bool("follow_redirects", true);
    boolean http2 = section.bool("enable_http2", owner != Owner.REMOTE_WRITE);
    shown.always("follow_redirects", redirects).always("enable_http2", http2);
    ProxyConfig proxy = proxy(section, shown);
    return new HttpClientConfig(
        basic, authorization, oauth2, tls, proxy, headers(), redirects, http2, references);
  }

  private Optional<BasicAuth> basicAuth() {
    Section basic = section.layeredSection("basic_auth");
    if (basic == null) {
      return Optional.empty();
    }
    String username = basic.string("username");
    String usernameFile = paths.resolve(basic.string("username_file"));
    String usernameRef = basic.string("username_ref");
    Secret password = basic.secret("password");
    String passwordFile = paths.resolve(basic.string("password_file"));
    String passwordRef = basic.string("password_ref");
    BasicAuth read = new BasicAuth(username, usernameFile, password, passwordFile);
    HttpClientChecks.basicAuth(read, usernameRef, passwordRef, section::note);
    noteReferences(basic, references, "username_ref", "password_ref");
    basic.expectFile("username_file", usernameFile);
    basic.expectFile("password_file", passwordFile);
    basic.finish();
    shown.always(
        "basic_auth",
        new Shown()
            .unlessZero("username", username)
            .unlessZero("username_file", usernameFile)
            .unlessZero("username_ref", usernameRef)
            .unlessZero("password", password)
            .unlessZero("password_file", passwordFile)
            .unlessZero("password_ref", passwordRef)
            .map());
    return Optional.of(read);
  }

  private Optional<Authorization> authorization() {
    Section given = section.layeredSection("authorization");
    if (given == null) {
      return Optional.empty();
    }
    String type = given.string("type").strip();
    Secret credentials = given.secret("credentials");
    String file = paths.resolve(given.string("credentials_file"));
    String ref = given.string("credentials_ref");
    Authorization read =
        new Authorization(type.isEmpty() ? Authorization.BEARER : type, credentials, file);
    HttpClientChecks.authorization(read, ref, section::note, given::note);
    noteReferences(given, references, "credentials_ref");
    given.finish();
    expectFile(given, "credentials_file", file, owner.needsCredentials());
    return Optional.of(show(read, ref));
  }

  private Authorization show(Authorization authorization, String reference) {
    shown.always(
        "authorization",
        new Shown()
            .unlessZero("type", authorization.type())
            .unlessZero("credentials", authorization.credentials())
            .unlessZero("credentials_file", authorization.credentialsFile())
            .unlessZero("credentials_ref", reference)
            .map());
    return authorization;
  }

  /** The two old keys, which mean an authorization. */
  private Optional<Authorization> bearer(
      Optional<Authorization> authorization, boolean basic, boolean oauth2) {
    Secret token = section.secret("bearer_token");
    String file = paths.resolve(section.string("bearer_token_file"));
    if (token.isEmpty() && file.isEmpty()) {
      return authorization;
    }
    String key = token.isEmpty() ? "bearer_token_file" : "bearer_token";
    if (!token.isEmpty() && !file.isEmpty()) {
      section.error(key, "at most one of bearer_token & bearer_token_file must be configured");
    }
    if (basic || oauth2) {
      section.error(
          key,
          "at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured");
    }
    if (authorization.isPresent()) {
      section.error(key, "authorization is not compatible with bearer_token & bearer_token_file");
      return authorization;
    }
    expectFile(section, "bearer_token_file", file, owner.needsCredentials());
    return Optional.of(show(new Authorization(Authorization.BEARER, token, file), ""));
  }

  /**
   * A missing file is a warning, or an error that does not refuse the configuration: the file may
   * be written while the configuration is in use.
   */
  private static void expectFile(Section section, String key, String file, boolean needed) {
    if (!needed) {
      section.expectFile(key, file);
    } else if (!file.isEmpty()) {
      section
          .problems()
          .onceRead(
              section,
              () -> {
                if (!Paths.exist(file)) {
                  section.error(
                      key, ProblemKind.MISSING_FILE, "file \"" + file + "\" does not exist");
                }
              });
    }
  }

  private Optional<OAuth2> oauth2() {
    Section given = section.layeredSection("oauth2");
    if (given == null) {
      return Optional.empty();
    }
    String clientId = given.string("client_id");
    Secret secret = given.secret("client_secret");
    String secretFile = paths.resolve(given.string("client_secret_file"));
    String secretRef = given.string("client_secret_ref");
    List<String> scopes = orEmpty(given.strings("scopes"));
    String tokenUrl = given.string("token_url");
    Map<String, String> params = given.stringMap("endpoint_params");
    Shown inner =
        new Shown()
            .unlessZero("client_id", clientId)
            .unlessZero("client_secret", secret)
            .unlessZero("client_secret_file", secretFile)
            .unlessZero("client_secret_ref", secretRef);
    Optional<JwtGrant> jwt = jwtGrant(given, inner);
    inner
        .unlessZero("scopes", scopes)
        .unlessZero("token_url", Urls.redacted(tokenUrl))
        .unlessZero("endpoint_params", params);
    TlsConfig tls = tls(given, paths, Owner.OTHER, inner, references);
    ProxyConfig proxy = proxy(given, inner);
    OAuth2 read =
        new OAuth2(clientId, secret, secretFile, scopes, tokenUrl, params, tls, proxy, jwt);
    HttpClientChecks.oauth2(
        read,
        jwt.isEmpty() ? secretRef : given.string("client_certificate_key_ref"),
        section::note,
        given::note);
    if (jwt.isEmpty()) {
      given.expectFile("client_secret_file", secretFile);
      noteReferences(given, references, "client_secret_ref");
    }
    given.finish();
    shown.always("oauth2", inner.map());
    return Optional.of(read);
  }

  /** What an assertion is made of; none unless the grant is the one with an assertion. */
  private Optional<JwtGrant> jwtGrant(Section given, Shown inner) {
    String keyId = given.string("client_certificate_key_id");
    Secret key = given.secret("client_certificate_key");
    String keyFile = given.string("client_certificate_key_file");
    String keyRef = given.string("client_certificate_key_ref");
    String grant = given.string("grant_type");
    String algorithm = given.string("signature_algorithm");
    String issuer = given.string("iss");
    String audience = given.string("audience");
    Map<String, @Nullable Object> claims = given.values("claims");
    inner
        .unlessZero("client_certificate_key_id", keyId)
        .unlessZero("client_certificate_key", key)
        .unlessZero("client_certificate_key_file", keyFile)
        .unlessZero("client_certificate_key_ref", keyRef)
        .unlessZero("grant_type", grant)
        .unlessZero("signature_algorithm", algorithm)
        .unlessZero("iss", issuer)
        .unlessZero("audience", audience)
        .unlessZero("claims", claims);
    if (!grant.equals(HttpClientChecks.JWT_BEARER)) {
      if (!grant.isEmpty() && !grant.equals(HttpClientChecks.CLIENT_CREDENTIALS)) {
        given.warn(
            "grant_type",
            ProblemKind.QUESTIONABLE,
            "\""
                + grant
                + "\" is not known, so client_credentials is used (expected: client_credentials or "
                + HttpClientChecks.JWT_BEARER
                + ")");
      }
      return Optional.empty();
    }
    if (!keyFile.isEmpty() && !keyFile.startsWith("/")) {
      given.warn(
          "client_certificate_key_file",
          "relative to the folder in which the program is started, in Prometheus as well"
              + " (expected: an absolute path)");
    }
    given.expectFile("client_certificate_key_file", keyFile);
    noteReferences(given, references, "client_certificate_key_ref");
    return Optional.of(
        new JwtGrant(
            key,
            keyFile,
            keyId,
            algorithm.isEmpty() ? HttpClientChecks.SIGNATURES.get(0) : algorithm,
            issuer,
            audience,
            claims));
  }

  static TlsConfig tls(Section parent, Paths paths, Shown target) {
    return tls(parent, paths, Owner.OTHER, target, new ArrayList<>());
  }

  private static TlsConfig tls(
      Section parent, Paths paths, Owner owner, Shown target, List<String> references) {
    Section tls = parent.layeredSection("tls_config");
    if (tls == null) {
      return TlsConfig.DEFAULT;
    }
    TlsConfig config =
        new TlsConfig(
            tls.string("ca"),
            paths.resolve(tls.string("ca_file")),
            tls.string("cert"),
            paths.resolve(tls.string("cert_file")),
            tls.secret("key"),
            paths.resolve(tls.string("key_file")),
            tls.string("server_name"),
            tls.bool("insecure_skip_verify", false),
            tlsVersion(tls, "min_version"),
            tlsVersion(tls, "max_version"));
    HttpClientChecks.tls(
        config,
        tls.string("ca_ref"),
        tls.string("cert_ref"),
        tls.string("key_ref"),
        parent::note,
        tls::note);
    for (String key : List.of("min_version", "max_version")) {
      tls.checkOverridden(key, HttpClientChecks::tlsVersionProblem);
      String empty = HttpClientChecks.tlsVersionProblem("");
      if (tls.hasValue(key) && tls.string(key).isEmpty() && empty != null) {
        tls.error(key, empty);
      }
    }
    noteReferences(tls, references, "ca_ref", "cert_ref", "key_ref");
    tls.finish();
    tls.expectFile("ca_file", config.caFile());
    expectFile(tls, "cert_file", config.certFile(), owner.needsCertificate());
    expectFile(tls, "key_file", config.keyFile(), owner.needsCertificate());
    if (owner.needsCertificate() && config.certFile().isEmpty() != config.keyFile().isEmpty()) {
      tls.problems().onceAccepted(() -> refuseHalfFiles(tls, config));
    }
    boolean referenced =
        HttpClientChecks.count(tls.string("ca_ref"), tls.string("cert_ref"), tls.string("key_ref"))
            > 0;
    if (!config.equals(TlsConfig.DEFAULT) || referenced) {
      target.always(
          "tls_config",
          new Shown()
              .unlessZero("ca", config.ca())
              .unlessZero("cert", config.cert())
              .unlessZero("key", config.key())
              .unlessZero("ca_file", config.caFile())
              .unlessZero("cert_file", config.certFile())
              .unlessZero("key_file", config.keyFile())
              .unlessZero("ca_ref", tls.string("ca_ref"))
              .unlessZero("cert_ref", tls.string("cert_ref"))
              .unlessZero("key_ref", tls.string("key_ref"))
              .unlessZero("server_name", config.serverName())
              .always("insecure_skip_verify", config.insecureSkipVerify())
              .unlessZero("min_version", config.minVersion())
              .unlessZero("max_version", config.maxVersion())
              .map());
    }
    return config;
  }

  private static String tlsVersion(Section tls, String key) {
    if (Scalars.isCheckedNull(tls.value(key))) {
      tls.error(key, "unknown TLS version: (expected: one of TLS10, TLS11, TLS12, TLS13)");
    }
    return tls.string(key);
  }

  /** Prometheus accepts a certificate in a file with a key that is not, but promtool does not. */
  private static void refuseHalfFiles(Section tls, TlsConfig config) {
    boolean cert = !config.certFile().isEmpty();
    tls.error(
        cert ? "cert_file" : "key_file",
        ProblemKind.MISSING_FILE,
        cert
            ? "promtool refuses cert_file without key_file (expected: both, or cert and key)"
            : "promtool refuses key_file without cert_file (expected: both, or cert and key)");
  }

  private static ProxyConfig proxy(Section section, Shown target) {
    String url = section.url("proxy_url");
    String noProxy = section.string("no_proxy");
    boolean environment = section.bool("proxy_from_environment", false);
    Map<String, List<Secret>> headers = section.secretListMap("proxy_connect_header");
    // "//" is a URL in which Go finds nothing, and no proxy.
    String proxy = Urls.problem(url) == null && Urls.shown(url).isEmpty() ? "" : url;
    ProxyConfig read = new ProxyConfig(proxy, noProxy, environment, headers);
    HttpClientChecks.proxy(read, section.isSet("proxy_url"), section::note);
    if (section.isSet("proxy_url")) {
      target.always("proxy_url", Urls.shown(url));
    }
    target
        .unlessZero("no_proxy", noProxy)
        .unlessZero("proxy_from_environment", environment)
        .unlessZero("proxy_connect_header", headers);
    return read;
  }

  private Map<String, Header> headers() {
    Map<String, Header> headers = new LinkedHashMap<>();
    Map<String, Object> visible = new LinkedHashMap<>();
    section
        .map("http_headers", false)
        .forEach(
            (name, node) -> {
              String path = section.child("http_headers") + "." + name;
              HttpClientChecks.headerName(
                  name, (field, message) -> section.problems().error(node, path, message));
              Section given = Section.of(node, path, section.problems());
              if (given == null) {
                headers.put(name, new Header(List.of(), List.of(), List.of()));
                visible.put(name, Map.of());
                return;
              }
              List<String> values = orEmpty(given.strings("values"));
              List<Secret> secrets = given.secrets("secrets");
              List<String> files = new ArrayList<>();
              orEmpty(given.strings("files")).forEach(file -> files.add(paths.resolve(file)));
              files.forEach(file -> given.expectFile("files", file));
              given.finish();
              headers.put(name, new Header(values, secrets, files));
              visible.put(
                  name,
                  new Shown()
                      .unlessZero("values", values)
                      .unlessZero("secrets", secrets)
                      .unlessZero("files", files)
                      .map());
            });
    if (section.hasValue("http_headers")) {
      shown.always("http_headers", visible);
    }
    return headers;
  }

  /** References to a secret manager, which promdisco has none of. */
  /** Legal, but of no use: nobody has a secret manager to ask. */
  private static void noteReferences(Section section, List<String> references, String... keys) {
    for (String key : keys) {
      if (!section.string(key).isEmpty()) {
        references.add(section.child(key));
        section.warn(
            key,
            ProblemKind.QUESTIONABLE,
            "there is no secret manager to get this from, in Prometheus neither: nothing can be"
                + " asked with it (expected: the value or a file)");
      }
    }
  }

  static List<String> orEmpty(@Nullable List<String> list) {
    return list == null ? List.of() : list;
  }
}
