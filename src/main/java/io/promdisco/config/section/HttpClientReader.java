package io.promdisco.config.section;

import static io.promdisco.config.table.Setting.bool;
import static io.promdisco.config.table.Setting.file;
import static io.promdisco.config.table.Setting.section;
import static io.promdisco.config.table.Setting.text;
import static io.promdisco.config.table.Setting.texts;

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
import io.promdisco.config.UrlChecks;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.ConfigScalars;
import io.promdisco.config.yaml.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads Prometheus's HTTP client settings, whose keys are among those of another section. */
final class HttpClientReader {
  /**
   * The section that has the settings. It determines a default, and whether missing files are
   * reported.
   */
  enum Owner {
    /** A job. As in promtool, its credential files and its certificate must exist. */
    JOB,
    /** A Kubernetes source of a job. As in promtool, the files of its certificate must exist. */
    KUBERNETES,
    /** HTTP/2 is off by default. */
    REMOTE_WRITE,
    /** Any other section. */
    OTHER;

    private boolean needsCredentials() {
      return this == JOB;
    }

    private boolean needsCertificate() {
      return this == JOB || this == KUBERNETES;
    }
  }

  private static final Setting<String> USERNAME = text("username");
  private static final Setting<String> USERNAME_FILE = file("username_file");
  private static final Setting<String> USERNAME_REF = text("username_ref");
  private static final Setting<Secret> PASSWORD = Setting.secret("password");
  private static final Setting<String> PASSWORD_FILE = file("password_file");
  private static final Setting<String> PASSWORD_REF = text("password_ref");
  static final SectionTable BASIC_AUTH_KEYS =
      SectionTable.of(
          "basic_auth",
          USERNAME,
          USERNAME_FILE,
          USERNAME_REF,
          PASSWORD,
          PASSWORD_FILE,
          PASSWORD_REF);

  private static final Setting<String> TYPE =
      Setting.of(
          "type",
          "text",
          Authorization.BEARER,
          (given, key, paths) -> {
            String type = given.string(key).strip();
            return type.isEmpty() ? Authorization.BEARER : type;
          });
  private static final Setting<Secret> CREDENTIALS = Setting.secret("credentials");
  private static final Setting<String> CREDENTIALS_FILE = file("credentials_file");
  private static final Setting<String> CREDENTIALS_REF = text("credentials_ref");
  static final SectionTable AUTHORIZATION_KEYS =
      SectionTable.of("authorization", TYPE, CREDENTIALS, CREDENTIALS_FILE, CREDENTIALS_REF);

  private static final Setting<String> CA = text("ca");
  private static final Setting<String> CERT = text("cert");
  private static final Setting<Secret> KEY = Setting.secret("key");
  private static final Setting<String> CA_FILE = file("ca_file");
  private static final Setting<String> CERT_FILE = file("cert_file");
  private static final Setting<String> KEY_FILE = file("key_file");
  private static final Setting<String> CA_REF = text("ca_ref");
  private static final Setting<String> CERT_REF = text("cert_ref");
  private static final Setting<String> KEY_REF = text("key_ref");
  private static final Setting<String> SERVER_NAME = text("server_name");
  private static final Setting<Boolean> SKIP_VERIFY = bool("insecure_skip_verify", false).always();
  private static final Setting<String> MIN_VERSION = tlsVersion("min_version");
  private static final Setting<String> MAX_VERSION = tlsVersion("max_version");
  static final SectionTable TLS_KEYS =
      SectionTable.of(
          "tls_config",
          CA,
          CERT,
          KEY,
          CA_FILE,
          CERT_FILE,
          KEY_FILE,
          CA_REF,
          CERT_REF,
          KEY_REF,
          SERVER_NAME,
          SKIP_VERIFY,
          MIN_VERSION,
          MAX_VERSION);

  private static final Setting<Optional<String>> PROXY_URL = Setting.url("proxy_url");
  private static final Setting<String> NO_PROXY = text("no_proxy");
  private static final Setting<Boolean> FROM_ENVIRONMENT = bool("proxy_from_environment", false);
  private static final Setting<Map<String, List<Secret>>> CONNECT_HEADERS =
      Setting.of(
          "proxy_connect_header",
          "map of lists of secrets",
          "",
          (section, key, paths) -> section.secretListMap(key));

  private static final Setting<String> CLIENT_ID = text("client_id");
  private static final Setting<Secret> CLIENT_SECRET = Setting.secret("client_secret");
  private static final Setting<String> CLIENT_SECRET_FILE = file("client_secret_file");
  private static final Setting<String> CLIENT_SECRET_REF = text("client_secret_ref");
  private static final Setting<String> JWT_KEY_ID = text("client_certificate_key_id");
  private static final Setting<Secret> JWT_KEY = Setting.secret("client_certificate_key");
  private static final Setting<String> JWT_KEY_FILE =
      text("client_certificate_key_file").documented("file", "");
  private static final Setting<String> JWT_KEY_REF = text("client_certificate_key_ref");
  private static final Setting<String> GRANT_TYPE =
      text("grant_type").documented("text", HttpClientChecks.CLIENT_CREDENTIALS);
  private static final Setting<String> ALGORITHM =
      text("signature_algorithm")
          .documented(
              String.join(", ", HttpClientChecks.SIGNATURES), HttpClientChecks.SIGNATURES.get(0));
  private static final Setting<String> ISSUER = text("iss");
  private static final Setting<String> AUDIENCE = text("audience");
  private static final Setting<Map<String, @Nullable Object>> CLAIMS =
      Setting.of("claims", "map", "", (given, key, paths) -> given.values(key));
  private static final Setting<List<String>> SCOPES = texts("scopes");
  private static final Setting<String> TOKEN_URL =
      text("token_url").documented("URL", "").shownAs(UrlChecks::redacted);
  private static final Setting<Map<String, String>> ENDPOINT_PARAMS =
      Setting.textMap("endpoint_params");
  private static final Setting<Tls> OAUTH2_TLS = tls(Owner.OTHER);
  static final SectionTable OAUTH2_KEYS =
      SectionTable.of(
          "oauth2",
          CLIENT_ID,
          CLIENT_SECRET,
          CLIENT_SECRET_FILE,
          CLIENT_SECRET_REF,
          JWT_KEY_ID,
          JWT_KEY,
          JWT_KEY_FILE,
          JWT_KEY_REF,
          GRANT_TYPE,
          ALGORITHM,
          ISSUER,
          AUDIENCE,
          CLAIMS,
          SCOPES,
          TOKEN_URL,
          ENDPOINT_PARAMS,
          OAUTH2_TLS,
          PROXY_URL,
          NO_PROXY,
          FROM_ENVIRONMENT,
          CONNECT_HEADERS);

  private static final Setting<List<String>> HEADER_VALUES = texts("values");
  private static final Setting<List<Secret>> HEADER_SECRETS =
      Setting.of("secrets", "list of secrets", "", (given, key, paths) -> given.secrets(key));
  private static final Setting<List<String>> HEADER_FILES =
      Setting.of(
          "files",
          "list of files",
          "",
          (Section given, String key, ConfigPaths paths) -> {
            List<String> files = given.texts(key).stream().map(paths::resolve).toList();
            files.forEach(file -> given.expectFile(key, file));
            return files;
          });
  static final SectionTable HEADER_KEYS =
      SectionTable.of("http_headers", HEADER_VALUES, HEADER_SECRETS, HEADER_FILES);

  private static final Setting<Optional<SettingValues>> BASIC_AUTH =
      section("basic_auth", BASIC_AUTH_KEYS);
  private static final Setting<Optional<SettingValues>> AUTHORIZATION =
      section("authorization", AUTHORIZATION_KEYS);
  private static final Setting<Secret> BEARER_TOKEN =
      Setting.secret("bearer_token").shownBy("as authorization", (to, key, token) -> {});
  private static final Setting<String> BEARER_TOKEN_FILE =
      file("bearer_token_file").shownBy("as authorization", (to, key, file) -> {});
  private static final Setting<Optional<SettingValues>> OAUTH2 = section("oauth2", OAUTH2_KEYS);
  private static final Setting<Boolean> REDIRECTS = bool("follow_redirects", true).always();
  private static final Setting<Boolean> HTTP2 = bool("enable_http2", true).always();
  private static final Setting<Optional<Map<String, SettingValues>>> HEADERS =
      Setting.<Optional<Map<String, SettingValues>>>of(
              "http_headers",
              "map of " + HEADER_KEYS.name(),
              "",
              (section, key, paths) -> {
                Map<String, SettingValues> headers = headers(section, key, paths);
                return section.hasValue(key) ? Optional.of(headers) : Optional.empty();
              })
          .shownBy(
              "if set",
              (to, key, value) ->
                  value.ifPresent(
                      headers -> {
                        Map<String, Object> shown = new LinkedHashMap<>();
                        headers.forEach((name, header) -> shown.put(name, header.shown()));
                        to.always(key, shown);
                      }));

  /** Returns the keys of the settings. */
  static SectionTable table(Owner owner) {
    return SectionTable.of(
        "HTTP client",
        BASIC_AUTH,
        AUTHORIZATION,
        BEARER_TOKEN,
        BEARER_TOKEN_FILE,
        OAUTH2,
        tls(owner),
        REDIRECTS,
        owner == Owner.REMOTE_WRITE ? bool(HTTP2.key(), false).always() : HTTP2,
        PROXY_URL,
        NO_PROXY,
        FROM_ENVIRONMENT,
        CONNECT_HEADERS,
        HEADERS);
  }

  private final Section section;
  private final ConfigPaths paths;
  private final Owner owner;
  private final List<String> references = new ArrayList<>();

  private HttpClientReader(Section section, ConfigPaths paths, Owner owner) {
    this.section = section;
    this.paths = paths;
    this.owner = owner;
  }

  /**
   * The result of reading the settings.
   *
   * @param config the settings
   * @param isDefault whether nothing is written that differs from the defaults; even empty settings
   *     are a difference, as in Prometheus
   * @param shown the settings as the effective configuration shows them
   */
  record Result(HttpClientConfig config, boolean isDefault, Map<String, Object> shown) {}

  /** Returns a setting that reads the keys among those of a section. */
  static Setting<Result> field(Owner owner) {
    return Setting.inline(
        "HTTP client", (section, key, paths) -> read(section, paths, owner), Result::shown);
  }

  static Result read(Section section, ConfigPaths paths, Owner owner) {
    SettingValues values = table(owner).readKnown(section, paths);
    HttpClientConfig config = new HttpClientReader(section, paths, owner).config(values);
    boolean isDefault =
        config.equals(HttpClientConfig.DEFAULT)
            && values.get(PROXY_URL).isEmpty()
            && !section.hasValue(CONNECT_HEADERS.key())
            && values.get(HEADERS).isEmpty();
    return new Result(config, isDefault, values.shown());
  }

  private HttpClientConfig config(SettingValues values) {
    Optional<BasicAuth> basic = values.get(BASIC_AUTH).map(this::basicAuth);
    Optional<Authorization> written = values.get(AUTHORIZATION).map(this::authorization);
    Optional<OAuth2> oauth2 = values.get(OAUTH2).map(this::oauth2);
    HttpClientChecks.ways(
        basic.isPresent(), written.isPresent(), oauth2.isPresent(), section::note);
    Tls tls = values.get(OAUTH2_TLS);
    references.addAll(tls.references);
    Map<String, Header> headers = new LinkedHashMap<>();
    values
        .get(HEADERS)
        .orElse(Map.of())
        .forEach(
            (name, header) ->
                headers.put(
                    name,
                    new Header(
                        header.get(HEADER_VALUES),
                        header.get(HEADER_SECRETS),
                        header.get(HEADER_FILES))));
    return new HttpClientConfig(
        basic,
        bearer(values, written, basic.isPresent() || oauth2.isPresent()),
        oauth2,
        tls.config,
        proxy(values),
        headers,
        values.get(REDIRECTS),
        values.get(HTTP2),
        references);
  }

  private BasicAuth basicAuth(SettingValues given) {
    BasicAuth basic =
        new BasicAuth(
            given.get(USERNAME),
            given.get(USERNAME_FILE),
            given.get(PASSWORD),
            given.get(PASSWORD_FILE));
    HttpClientChecks.basicAuth(
        basic, given.get(USERNAME_REF), given.get(PASSWORD_REF), section::note);
    noteReferences(given, references, USERNAME_REF, PASSWORD_REF);
    given.section().expectFile(USERNAME_FILE.key(), basic.usernameFile());
    given.section().expectFile(PASSWORD_FILE.key(), basic.passwordFile());
    return basic;
  }

  private Authorization authorization(SettingValues given) {
    Authorization authorization = made(given);
    HttpClientChecks.authorization(
        authorization, given.get(CREDENTIALS_REF), section::note, given.section()::note);
    noteReferences(given, references, CREDENTIALS_REF);
    expectFile(
        given.section(),
        CREDENTIALS_FILE.key(),
        authorization.credentialsFile(),
        owner.needsCredentials());
    return authorization;
  }

  private static Authorization made(SettingValues given) {
    return new Authorization(given.get(TYPE), given.get(CREDENTIALS), given.get(CREDENTIALS_FILE));
  }

  /** Reads the two old keys for a bearer token. */
  private Optional<Authorization> bearer(
      SettingValues values, Optional<Authorization> written, boolean otherWay) {
    Secret token = values.get(BEARER_TOKEN);
    String file = values.get(BEARER_TOKEN_FILE);
    if (token.isEmpty() && file.isEmpty()) {
      return written;
    }
    String key = token.isEmpty() ? BEARER_TOKEN_FILE.key() : BEARER_TOKEN.key();
    if (!token.isEmpty() && !file.isEmpty()) {
      section.error(key, "at most one of bearer_token & bearer_token_file must be configured");
    }
    if (otherWay) {
      section.error(
          key,
          "at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured");
    }
    if (written.isPresent()) {
      section.error(key, "authorization is not compatible with bearer_token & bearer_token_file");
      return written;
    }
    expectFile(section, BEARER_TOKEN_FILE.key(), file, owner.needsCredentials());
    SettingValues meant =
        AUTHORIZATION_KEYS.readKnown(Section.empty(section.path(), section.problems()), paths);
    meant.set(CREDENTIALS, token);
    meant.set(CREDENTIALS_FILE, file);
    values.set(AUTHORIZATION, Optional.of(meant));
    return Optional.of(made(meant));
  }

  /**
   * Reports a missing file as a warning, or as an error that does not reject the configuration,
   * because the file may be written later.
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
                if (!ConfigPaths.exist(file)) {
                  section.error(
                      key, ProblemKind.MISSING_FILE, "file \"" + file + "\" does not exist");
                }
              });
    }
  }

  private OAuth2 oauth2(SettingValues given) {
    Optional<JwtGrant> jwt = jwtGrant(given);
    Tls tls = given.get(OAUTH2_TLS);
    OAuth2 oauth2 =
        new OAuth2(
            given.get(CLIENT_ID),
            given.get(CLIENT_SECRET),
            given.get(CLIENT_SECRET_FILE),
            given.get(SCOPES),
            given.get(TOKEN_URL),
            given.get(ENDPOINT_PARAMS),
            tls.config,
            proxy(given),
            jwt);
    Setting<String> reference = jwt.isEmpty() ? CLIENT_SECRET_REF : JWT_KEY_REF;
    HttpClientChecks.oauth2(oauth2, given.get(reference), section::note, given.section()::note);
    references.addAll(tls.references);
    noteReferences(given, references, reference);
    Setting<String> file = jwt.isEmpty() ? CLIENT_SECRET_FILE : JWT_KEY_FILE;
    given.section().expectFile(file.key(), given.get(file));
    return oauth2;
  }

  /** Returns the settings of the assertion; empty unless the grant type uses one. */
  private static Optional<JwtGrant> jwtGrant(SettingValues given) {
    String grant = given.get(GRANT_TYPE);
    if (!grant.equals(HttpClientChecks.JWT_BEARER)) {
      if (!grant.isEmpty() && !grant.equals(HttpClientChecks.CLIENT_CREDENTIALS)) {
        given.warn(
            GRANT_TYPE,
            "\""
                + grant
                + "\" is unknown, so client_credentials is used (expected: client_credentials or "
                + HttpClientChecks.JWT_BEARER
                + ")");
      }
      return Optional.empty();
    }
    String keyFile = given.get(JWT_KEY_FILE);
    if (!keyFile.isEmpty() && !keyFile.startsWith("/")) {
      given.warn(
          JWT_KEY_FILE,
          "relative to the folder in which the program is started, as in Prometheus"
              + " (expected: an absolute path)");
    }
    String algorithm = given.get(ALGORITHM);
    return Optional.of(
        new JwtGrant(
            given.get(JWT_KEY),
            keyFile,
            given.get(JWT_KEY_ID),
            algorithm.isEmpty() ? HttpClientChecks.SIGNATURES.get(0) : algorithm,
            given.get(ISSUER),
            given.get(AUDIENCE),
            given.get(CLAIMS)));
  }

  /**
   * TLS settings.
   *
   * @param references keys that name a secret in a secret manager
   * @param shown the settings as the effective configuration shows them; empty if all are defaults
   */
  record Tls(TlsConfig config, List<String> references, Map<String, Object> shown) {}

  /** The section {@code tls_config}. */
  static Setting<Tls> tls(Owner owner) {
    return Setting.of(
            TLS_KEYS.name(),
            TLS_KEYS.name(),
            "",
            (Section parent, String key, ConfigPaths paths) -> {
              Section tls = parent.layeredSection(key);
              return tls == null
                  ? new Tls(TlsConfig.DEFAULT, List.of(), Map.of())
                  : tls(parent, TLS_KEYS.read(tls, paths), owner);
            })
        .shownAs(Tls::shown);
  }

  private static Tls tls(Section parent, SettingValues given, Owner owner) {
    Section tls = given.section();
    TlsConfig config =
        new TlsConfig(
            given.get(CA),
            given.get(CA_FILE),
            given.get(CERT),
            given.get(CERT_FILE),
            given.get(KEY),
            given.get(KEY_FILE),
            given.get(SERVER_NAME),
            given.get(SKIP_VERIFY),
            given.get(MIN_VERSION),
            given.get(MAX_VERSION));
    HttpClientChecks.tls(
        config,
        given.get(CA_REF),
        given.get(CERT_REF),
        given.get(KEY_REF),
        parent::note,
        tls::note);
    List<String> references = new ArrayList<>();
    noteReferences(given, references, CA_REF, CERT_REF, KEY_REF);
    tls.expectFile(CA_FILE.key(), config.caFile());
    expectFile(tls, CERT_FILE.key(), config.certFile(), owner.needsCertificate());
    expectFile(tls, KEY_FILE.key(), config.keyFile(), owner.needsCertificate());
    if (owner.needsCertificate() && config.certFile().isEmpty() != config.keyFile().isEmpty()) {
      tls.problems().onceAccepted(() -> refuseHalfFiles(tls, config));
    }
    boolean isDefault = config.equals(TlsConfig.DEFAULT) && references.isEmpty();
    return new Tls(config, references, isDefault ? Map.of() : given.shown());
  }

  private static Setting<String> tlsVersion(String key) {
    return text(key)
        .documented("TLS10, TLS11, TLS12, TLS13", "")
        .checked(
            (tls, name, version) -> {
              if (ConfigScalars.isCheckedNull(tls.value(name))) {
                tls.error(
                    name, "unknown TLS version: (expected: one of TLS10, TLS11, TLS12, TLS13)");
              }
              tls.checkOverridden(name, HttpClientChecks::tlsVersionProblem);
              String empty = HttpClientChecks.tlsVersionProblem("");
              if (tls.hasValue(name) && version.isEmpty() && empty != null) {
                tls.error(name, empty);
              }
            });
  }

  /**
   * Rejects a certificate in a file with a key that is not in a file, or the reverse. Prometheus
   * accepts this, but promtool does not.
   */
  private static void refuseHalfFiles(Section tls, TlsConfig config) {
    boolean cert = !config.certFile().isEmpty();
    tls.error(
        cert ? CERT_FILE.key() : KEY_FILE.key(),
        ProblemKind.MISSING_FILE,
        cert
            ? "promtool refuses cert_file without key_file (expected: both, or cert and key)"
            : "promtool refuses key_file without cert_file (expected: both, or cert and key)");
  }

  private static ProxyConfig proxy(SettingValues given) {
    String url = given.get(PROXY_URL).orElse("");
    // Go finds no host in "//", so it is not a proxy.
    ProxyConfig proxy =
        new ProxyConfig(
            UrlChecks.problem(url) == null && UrlChecks.shown(url).isEmpty() ? "" : url,
            given.get(NO_PROXY),
            given.get(FROM_ENVIRONMENT),
            given.get(CONNECT_HEADERS));
    HttpClientChecks.proxy(proxy, given.get(PROXY_URL).isPresent(), given.section()::note);
    return proxy;
  }

  private static Map<String, SettingValues> headers(
      Section section, String key, ConfigPaths paths) {
    Map<String, SettingValues> headers = new LinkedHashMap<>();
    section
        .map(key, false)
        .forEach(
            (name, node) -> {
              String path = section.child(key) + "." + name;
              HttpClientChecks.headerName(
                  name, (field, message) -> section.problems().error(node, path, message));
              Section given = Section.of(node, path, section.problems());
              headers.put(
                  name,
                  HEADER_KEYS.read(
                      given == null ? Section.empty(path, section.problems()) : given, paths));
            });
    return headers;
  }

  /** Warns about references to a secret manager, which does not exist. */
  @SafeVarargs
  private static void noteReferences(
      SettingValues given, List<String> references, Setting<String>... fields) {
    for (Setting<String> field : fields) {
      if (!given.get(field).isEmpty()) {
        references.add(given.section().child(field.key()));
        given.warn(
            field,
            "there is no secret manager to read this from, as in Prometheus; requests will"
                + " fail (expected: the value or a file)");
      }
    }
  }
}
