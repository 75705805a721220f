package io.promdisco.monitors;

import io.promdisco.config.UrlChecks;
import io.promdisco.util.GoFormatting;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Checks how resources connect and authenticate, and reads what they name. For one namespace. */
final class HttpChecks {
  private final String namespace;
  private final References references;

  HttpChecks(String namespace, References references) {
    this.namespace = namespace;
    this.references = references;
  }

  /** Reads the value of a Secret. */
  void secret(@Nullable SpecNode ref) throws InvalidMonitorException {
    if (ref != null) {
      references.secret(namespace, KeyRef.of(ref));
    }
  }

  void basicAuth(SpecNode parent) throws InvalidMonitorException {
    SpecNode auth = parent.child("basicAuth");
    if (auth != null) {
      InvalidMonitorException.within(
          "failed to get basic auth username", () -> secret(auth.section("username")));
      InvalidMonitorException.within(
          "failed to get basic auth password", () -> secret(auth.section("password")));
    }
  }

  void authorization(SpecNode parent) throws InvalidMonitorException {
    SpecNode auth = parent.child("authorization");
    SpecNode credentials = auth == null ? null : auth.child("credentials");
    if (auth == null || credentials == null) {
      return;
    }
    checkAuthorization(auth);
    if (!credentials.textOrEmpty("name").isEmpty()) {
      InvalidMonitorException.within(
          "failed to get authorization token of type "
              + GoFormatting.quote(auth.textOrEmpty("type")),
          () -> secret(credentials));
    }
  }

  void oauth2(SpecNode parent) throws InvalidMonitorException {
    SpecNode oauth2 = parent.child("oauth2");
    if (oauth2 == null) {
      return;
    }
    checkOauth2(oauth2);
    SecretOrConfigMap id = SecretOrConfigMap.of(oauth2.section("clientId"));
    InvalidMonitorException.within(
        "failed to get oauth2 client id", () -> references.value(namespace, id));
    InvalidMonitorException.within(
        "failed to get oauth2 client secret", () -> secret(oauth2.section("clientSecret")));
    InvalidMonitorException.within("failed to get oauth2 proxyConfig", () -> proxyHeaders(oauth2));
    InvalidMonitorException.within("failed to get oauth2 tlsConfig", () -> tls(oauth2, false));
  }

  /**
   * Checks and reads a section {@code tlsConfig}.
   *
   * @param files whether it may name files
   */
  void tls(SpecNode parent, boolean files) throws InvalidMonitorException {
    SpecNode tls = parent.child("tlsConfig");
    if (tls != null) {
      InvalidMonitorException.within(
          "failed to validate TLS configuration", () -> TlsChecks.check(tls, files));
      TlsChecks.checkMaterial(tls, namespace, references);
    }
  }

  void proxy(SpecNode parent) throws InvalidMonitorException {
    checkProxy(parent);
    proxyHeaders(parent);
  }

  /** Reads the secrets in {@code proxyConnectHeader}. */
  void proxyHeaders(SpecNode parent) throws InvalidMonitorException {
    for (Map.Entry<String, List<SpecNode>> header : headers(parent).entrySet()) {
      InvalidMonitorException.withinEach(
          "header[" + header.getKey() + "]", header.getValue(), this::secret);
    }
  }

  static Map<String, List<SpecNode>> headers(SpecNode parent) throws InvalidMonitorException {
    SpecNode headers = parent.section("proxyConnectHeader");
    Map<String, List<SpecNode>> byName = new TreeMap<>();
    for (String name : headers.names()) {
      byName.put(name, headers.items(name));
    }
    return byName;
  }

  /** Checks the proxy of a section. */
  static void checkProxy(SpecNode parent) throws InvalidMonitorException {
    boolean environment = parent.flag("proxyFromEnvironment", false);
    boolean url = !parent.textOrEmpty("proxyUrl").isEmpty();
    boolean none = !parent.textOrEmpty("noProxy").isEmpty();
    Map<String, List<SpecNode>> headers = headers(parent);
    if (!headers.isEmpty() && !environment && !url) {
      throw new InvalidMonitorException(
          "if proxyConnectHeader is configured, proxyUrl or proxyFromEnvironment must also be"
              + " configured");
    }
    if (environment && url) {
      throw new InvalidMonitorException(
          "if proxyFromEnvironment is configured, proxyUrl must not be configured");
    }
    if (environment && none) {
      throw new InvalidMonitorException(
          "if proxyFromEnvironment is configured, noProxy must not be configured");
    }
    if (!url && none) {
      throw new InvalidMonitorException(
          "if noProxy is configured, proxyUrl must also be configured");
    }
    for (Map.Entry<String, List<SpecNode>> header : headers.entrySet()) {
      checkHeader(header.getKey(), header.getValue());
    }
    checkUrl(parent.textOrEmpty("proxyUrl"));
  }

  private static void checkHeader(String name, List<SpecNode> refs) throws InvalidMonitorException {
    if (refs.isEmpty()) {
      throw new InvalidMonitorException(
          "proxyConnetHeader[" + name + "]: selector must not be empty"); // as the operator has it
    }
    InvalidMonitorException.withinEach(
        "proxyConnectHeader[" + name + "]",
        refs,
        ref -> {
          if (KeyRef.of(ref).equals(new KeyRef("", "")) && !ref.has("optional")) {
            throw new InvalidMonitorException("selector must be defined");
          }
        });
  }

  static void checkUrl(String url) throws InvalidMonitorException {
    String problem = UrlChecks.problem(url);
    if (problem != null) {
      throw new InvalidMonitorException(problem);
    }
  }

  private static void checkOauth2(SpecNode oauth2) throws InvalidMonitorException {
    if (oauth2.textOrEmpty("tokenUrl").isEmpty()) {
      throw new InvalidMonitorException("OAuth2 tokenURL must be specified");
    }
    SecretOrConfigMap id = SecretOrConfigMap.of(oauth2.section("clientId"));
    if (id.isEmpty()) {
      throw new InvalidMonitorException("OAuth2 'clientID' must be specified");
    }
    InvalidMonitorException.within("invalid OAuth2 'clientID'", id::check);
    InvalidMonitorException.within(
        "invalid OAuth2 'tlsConfig'", () -> TlsChecks.check(oauth2.child("tlsConfig"), false));
    InvalidMonitorException.within("invalid OAuth2 proxyConfig", () -> checkProxy(oauth2));
  }

  private static void checkAuthorization(SpecNode auth) throws InvalidMonitorException {
    if (isBasic(auth)) {
      throw new InvalidMonitorException(
          "'authorization' type cannot be set to \"basic\", use \"basicAuth\" instead");
    }
    if (!auth.has("credentials")) {
      throw new InvalidMonitorException("'authorization' credentials are required");
    }
  }

  private static boolean isBasic(SpecNode auth) throws InvalidMonitorException {
    return auth.textOrEmpty("type").strip().toLowerCase(Locale.ROOT).equals("basic");
  }

  /** Checks the authorization of a scrape class. */
  static void checkClassAuthorization(@Nullable SpecNode auth) throws InvalidMonitorException {
    if (auth == null) {
      return;
    }
    if (auth.has("credentials") && !auth.textOrEmpty("credentialsFile").isEmpty()) {
      throw new InvalidMonitorException(
          "authorization can not specify both \"credentials\" and \"credentialsFile\"");
    }
    if (isBasic(auth)) {
      throw new InvalidMonitorException(
          "authorization type cannot be set to \"basic\", use \"basicAuth\" instead");
    }
  }

  /**
   * Checks an endpoint of a ServiceMonitor or PodMonitor, without reading what it names.
   *
   * @param files whether its TLS may name files
   */
  static void checkEndpoint(SpecNode endpoint, boolean files) throws InvalidMonitorException {
    refuseTwo(endpoint);
    SpecNode auth = endpoint.child("authorization");
    if (auth != null) {
      InvalidMonitorException.within("authorization", () -> checkAuthorization(auth));
    }
    SpecNode oauth2 = endpoint.child("oauth2");
    if (oauth2 != null) {
      InvalidMonitorException.within("oauth2", () -> checkOauth2(oauth2));
    }
    InvalidMonitorException.within(
        "tlsConfig", () -> TlsChecks.check(endpoint.child("tlsConfig"), files));
    checkProxy(endpoint);
  }

  private static void refuseTwo(SpecNode endpoint) throws InvalidMonitorException {
    List<String> given =
        List.of("authorization", "basicAuth", "bearerTokenSecret", "oauth2").stream()
            .filter(endpoint::has)
            .toList();
    if (given.size() > 1) {
      throw new InvalidMonitorException(
          given.get(0) + " and " + given.get(1) + " cannot be configured at the same time");
    }
  }
}
