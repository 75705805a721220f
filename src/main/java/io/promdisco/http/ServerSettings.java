package io.promdisco.http;

import io.promdisco.Internal;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.Authorization;
import io.promdisco.config.HttpClientConfig.BasicAuth;
import io.promdisco.http.Credentials.Text;
import io.promdisco.http.tls.TlsSettings;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A server and the settings for requests to it.
 *
 * @param server its URL, possibly with a path, without credentials and without a slash at the end
 * @param tls TLS settings
 * @param credentials the credentials
 * @param proxy the proxy rules
 * @param headers additional headers
 * @param followRedirects whether to follow redirects
 * @hidden
 */
@Internal
public record ServerSettings(
    URI server,
    TlsSettings tls,
    Credentials credentials,
    ProxyRules proxy,
    Map<String, List<Text>> headers,
    boolean followRedirects) {
  /** Headers that the HTTP client sets itself. */
  private static final Set<String> RESERVED =
      Set.of("host", "connection", "content-length", "expect", "upgrade");

  /**
   * Returns the server at {@code url} with the settings {@code http}.
   *
   * @param url the URL of the server, or of a resource on it; a user and password in it are used if
   *     {@code http} has no credentials
   * @param path the setting that contains {@code url}, for errors, for example {@code api_server}
   * @param env the process environment, for {@code proxy_from_environment}
   * @throws IOException if a setting cannot be used or a certificate cannot be read; the message is
   *     one line that names the setting
   */
  public static ServerSettings of(
      String url, String path, HttpClientConfig http, Map<String, String> env, Ticker ticker)
      throws IOException {
    refuseReferences(http);
    URI server = ServerUrls.server(url, path);
    TlsSettings tls = TlsSettings.of(http.tls(), "tls_config");
    ProxyRules proxy = ProxyRules.of(http.proxy(), env);
    Map<String, List<Text>> headers = headers(http);
    return new ServerSettings(
        server,
        tls,
        credentials(http, ServerUrls.userInfo(url), env, ticker),
        proxy,
        headers,
        http.followRedirects());
  }

  static void refuseReferences(HttpClientConfig http) throws IOException {
    if (!http.secretReferences().isEmpty()) {
      throw new IOException(
          http.secretReferences().get(0)
              + ": there is no secret manager to read this from (expected: the value or a file)");
    }
  }

  static Credentials credentials(
      HttpClientConfig http, String userInfo, Map<String, String> env, Ticker ticker)
      throws IOException {
    if (http.basicAuth().isPresent()) {
      BasicAuth basic = http.basicAuth().get();
      return Credentials.basic(
          Text.of(basic.username(), basic.usernameFile()),
          Text.of(basic.password().reveal(), basic.passwordFile()));
    }
    if (http.authorization().isPresent()) {
      Authorization authorization = http.authorization().get();
      return authorization.credentials().isEmpty() && !authorization.credentialsFile().isEmpty()
          ? Credentials.tokenFile(authorization.type(), Path.of(authorization.credentialsFile()))
          : Credentials.token(authorization.type(), authorization.credentials());
    }
    if (http.oauth2().isPresent()) {
      HttpClientConfig.OAuth2 oauth2 = http.oauth2().get();
      URI tokenUrl = ServerUrls.server(oauth2.tokenUrl(), "oauth2.token_url");
      return new OAuth2Tokens(
          oauth2,
          tokenUrl,
          TlsSettings.of(oauth2.tls(), "oauth2.tls_config"),
          ProxyRules.of(oauth2.proxy(), env),
          ticker);
    }
    int colon = userInfo.indexOf(':');
    if (userInfo.isEmpty()) {
      return Credentials.NONE;
    }
    String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
    String password = colon < 0 ? "" : userInfo.substring(colon + 1);
    return Credentials.basic(() -> user, () -> password);
  }

  static Map<String, List<Text>> headers(HttpClientConfig http) throws IOException {
    Map<String, List<Text>> headers = new LinkedHashMap<>();
    for (Map.Entry<String, HttpClientConfig.Header> entry : http.headers().entrySet()) {
      if (RESERVED.contains(entry.getKey().toLowerCase(Locale.ROOT))) {
        throw new IOException("http_headers: " + entry.getKey() + ": cannot be set");
      }
      if (!RequestHeaders.isName(entry.getKey())) {
        throw new IOException("http_headers: " + entry.getKey() + ": not a header name");
      }
      List<Text> texts = new ArrayList<>();
      entry.getValue().values().forEach(value -> texts.add(() -> value));
      entry.getValue().secrets().forEach(secret -> texts.add(Text.secret(secret::reveal)));
      for (String file : entry.getValue().files()) {
        texts.add(Text.secret(Text.of("", file)));
      }
      headers.put(entry.getKey(), texts);
    }
    return headers;
  }
}
