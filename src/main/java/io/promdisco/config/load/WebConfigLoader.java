package io.promdisco.config.load;

import io.promdisco.Internal;
import io.promdisco.config.ConfigException;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.Secret;
import io.promdisco.config.WebConfig;
import io.promdisco.config.WebConfig.ClientAuth;
import io.promdisco.config.WebConfig.Tls;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.ProblemCollector;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.StrictYaml;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code --web.config.file} strictly, and reports every mistake with its place. Safe for
 * all threads.
 *
 * @see <a href="https://prometheus.io/docs/prometheus/latest/configuration/https/">Format</a>
 * @hidden
 */
@Internal
public final class WebConfigLoader {
  private static final List<String> VERSIONS = List.of("TLS10", "TLS11", "TLS12", "TLS13");

  /**
   * The headers that may be set, with their allowed values if only a few are allowed; the list is
   * Prometheus's.
   */
  private static final Map<String, Set<String>> HEADERS =
      Map.of(
          "Strict-Transport-Security", Set.of(),
          "X-Content-Type-Options", Set.of("nosniff"),
          "X-Frame-Options", Set.of("deny", "sameorigin"),
          "X-XSS-Protection", Set.of(),
          "Content-Security-Policy", Set.of());

  private static final Pattern BCRYPT =
      Pattern.compile("\\$2[abxy]?\\$(0[4-9]|[12][0-9]|3[01])\\$[./A-Za-z0-9]{53}");

  private final ConfigPaths paths;

  private WebConfigLoader(ConfigPaths paths) {
    this.paths = paths;
  }

  /**
   * Reads a file whose content is given.
   *
   * @param file the name of the file in problems; paths are relative to its folder
   * @throws ConfigException if the file is rejected, with every problem
   */
  public static WebConfig read(Path file, byte[] content) throws ConfigException {
    ProblemCollector problems = new ProblemCollector(file.toString());
    Path folder = file.getParent() == null ? Path.of("") : file.getParent();
    WebConfig config =
        StrictYaml.read(content, problems, new WebConfigLoader(new ConfigPaths(folder))::document);
    problems.check();
    if (problems.hasErrors() || config == null) {
      throw new ConfigException(problems.sorted());
    }
    return config;
  }

  private WebConfig document(@Nullable Section root) {
    if (root == null) {
      return WebConfig.OPEN;
    }
    Section tls = root.layeredSection("tls_server_config");
    Section http = root.layeredSection("http_server_config");
    WebConfig config =
        new WebConfig(
            tls == null ? Optional.empty() : tls(tls),
            http == null ? Map.of() : headers(http),
            users(root));
    if (root.has("rate_limit")) {
      root.keyError(
          "rate_limit",
          ProblemKind.INVALID_VALUE,
          "not supported (expected: a proxy in front of promdisco that limits the rate)");
    }
    root.finish();
    return config;
  }

  private Optional<Tls> tls(Section section) {
    Tls tls =
        new Tls(
            section.string("cert"),
            paths.resolve(section.string("cert_file")),
            section.secret("key"),
            paths.resolve(section.string("key_file")),
            clientAuth(section),
            section.string("client_ca"),
            paths.resolve(section.string("client_ca_file")),
            section.texts("client_allowed_sans"),
            version(section, "min_version", "TLS12"),
            version(section, "max_version", "TLS13"),
            cipherSuites(section),
            section.bool("prefer_server_cipher_suites", true));
    if (section.has("curve_preferences")) {
      section.keyError(
          "curve_preferences",
          ProblemKind.INVALID_VALUE,
          "not supported (expected: the JVM's property jdk.tls.namedGroups)");
    }
    section.finish();
    boolean present =
        section.has("cert")
            || section.has("cert_file")
            || section.has("key")
            || section.has("key_file")
            || section.has("client_ca")
            || section.has("client_ca_file")
            || section.has("client_auth_type");
    if (!present) {
      return Optional.empty();
    }
    complete(section, tls);
    return Optional.of(tls);
  }

  private static void complete(Section section, Tls tls) {
    if (tls.cert().isEmpty() && tls.certFile().isEmpty()) {
      section.error("missing one of cert or cert_file");
    }
    if (tls.key().isEmpty() && tls.keyFile().isEmpty()) {
      section.error("missing one of key or key_file");
    }
    boolean hasCa = !tls.clientCa().isEmpty() || !tls.clientCaFile().isEmpty();
    if (hasCa && tls.clientAuth() == ClientAuth.NO_CLIENT_CERT) {
      section.error(
          tls.clientCaFile().isEmpty() ? "client_ca" : "client_ca_file",
          "client CAs have no effect without client_auth_type (expected: "
              + ClientAuth.REQUIRE_AND_VERIFY_CLIENT_CERT.written()
              + ")");
    }
    if (!tls.allowedSans().isEmpty() && !tls.clientAuth().required()) {
      section.error(
          "client_allowed_sans",
          "no effect unless clients need a certificate (expected: client_auth_type "
              + ClientAuth.REQUIRE_AND_VERIFY_CLIENT_CERT.written()
              + " or "
              + ClientAuth.REQUIRE_ANY_CLIENT_CERT.written()
              + ")");
    }
    if (VERSIONS.indexOf(tls.minVersion()) > VERSIONS.indexOf(tls.maxVersion())) {
      section.error(
          "min_version",
          tls.minVersion() + " (expected: at most max_version, " + tls.maxVersion() + ")");
    }
  }

  private static ClientAuth clientAuth(Section section) {
    String written = section.string("client_auth_type");
    if (written.isEmpty()) {
      return ClientAuth.NO_CLIENT_CERT;
    }
    if (written.equals("RequireClientCert")) { // the former name
      return ClientAuth.REQUIRE_ANY_CLIENT_CERT;
    }
    for (ClientAuth one : ClientAuth.values()) {
      if (one.written().equals(written)) {
        return one;
      }
    }
    List<String> names = Arrays.stream(ClientAuth.values()).map(ClientAuth::written).toList();
    section.error(
        "client_auth_type",
        "unknown policy \"" + written + "\" (expected: one of " + String.join(", ", names) + ")");
    return ClientAuth.NO_CLIENT_CERT;
  }

  private static String version(Section section, String key, String missing) {
    String version = section.string(key, missing);
    if (!VERSIONS.contains(version)) {
      section.error(
          key,
          "unknown TLS version: "
              + version
              + " (expected: one of "
              + String.join(", ", VERSIONS)
              + ")");
      return missing;
    }
    return version;
  }

  private static List<String> cipherSuites(Section section) {
    List<String> suites = section.texts("cipher_suites");
    Set<String> known = suites.isEmpty() ? Set.of() : supportedSuites();
    for (int i = 0; i < suites.size(); i++) {
      if (!known.contains(suites.get(i))) {
        section.error(
            "cipher_suites",
            i,
            "unknown cipher: " + suites.get(i) + " (expected: one that this JVM supports)");
      }
    }
    return suites;
  }

  private static Set<String> supportedSuites() {
    try {
      return Set.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM does not support TLS", e);
    }
  }

  private static Map<String, String> headers(Section http) {
    http.bool("http2", true); // accepted; HTTP/1.1 is always used
    Map<String, String> headers = http.stringMap("headers");
    headers.forEach(
        (name, value) -> {
          Set<String> values = HEADERS.get(name);
          String said = null;
          if (values == null) {
            String names = HEADERS.keySet().stream().sorted().collect(Collectors.joining(", "));
            said = "header \"" + name + "\" cannot be set (expected: one of " + names + ")";
          } else if (!values.isEmpty() && !values.contains(value)) {
            said =
                "invalid value of "
                    + name
                    + ": \""
                    + value
                    + "\" (expected: one of "
                    + values.stream().sorted().collect(Collectors.joining(", "))
                    + ")";
          } else if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
            said = "invalid value of " + name + " (expected: printable ASCII)";
          }
          if (said != null) {
            http.error("headers", said);
          }
        });
    http.finish();
    return headers;
  }

  private static Map<String, Secret> users(Section root) {
    Map<String, Secret> users = new LinkedHashMap<>();
    root.stringMap("basic_auth_users")
        .forEach(
            (user, hash) -> {
              if (!BCRYPT.matcher(hash).matches()) {
                root.error(
                    "basic_auth_users",
                    "user \""
                        + user
                        + "\": not a bcrypt hash (expected: what htpasswd -nBC 10 \"\" prints"
                        + " after the colon)");
              }
              users.put(user, new Secret(hash));
            });
    return users;
  }
}
