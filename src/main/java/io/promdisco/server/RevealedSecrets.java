package io.promdisco.server;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.ProxyConfig;
import io.promdisco.config.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds the secrets of a job to its settings, in which they are hidden. */
final class RevealedSecrets {
  private RevealedSecrets() {}

  /** Returns a copy of the settings with secrets. */
  static Map<String, Object> in(Map<String, Object> shown, HttpClientConfig http) {
    Map<String, Object> copy = new LinkedHashMap<>(shown);
    http.basicAuth()
        .ifPresent(auth -> put(section(copy, "basic_auth"), "password", auth.password()));
    http.authorization()
        .ifPresent(auth -> put(section(copy, "authorization"), "credentials", auth.credentials()));
    put(section(copy, "tls_config"), "key", http.tls().key());
    proxy(copy, http.proxy());
    http.oauth2()
        .ifPresent(
            oauth2 -> {
              Map<String, Object> section = section(copy, "oauth2");
              put(section, "client_secret", oauth2.clientSecret());
              oauth2.jwt().ifPresent(jwt -> put(section, "client_certificate_key", jwt.key()));
              section.computeIfPresent("token_url", (key, hidden) -> oauth2.tokenUrl());
              put(section(section, "tls_config"), "key", oauth2.tls().key());
              proxy(section, oauth2.proxy());
            });
    Map<String, Object> headers = section(copy, "http_headers");
    http.headers()
        .forEach(
            (name, header) ->
                section(headers, name)
                    .computeIfPresent("secrets", (key, hidden) -> revealed(header.secrets())));
    return copy;
  }

  private static void proxy(Map<String, Object> shown, ProxyConfig proxy) {
    shown.computeIfPresent("proxy_url", (key, hidden) -> proxy.url());
    Map<String, Object> headers = section(shown, "proxy_connect_header");
    proxy
        .connectHeaders()
        .forEach(
            (name, values) -> headers.computeIfPresent(name, (key, hidden) -> revealed(values)));
  }

  private static List<String> revealed(List<Secret> secrets) {
    return secrets.stream().map(Secret::reveal).toList();
  }

  private static void put(Map<String, Object> section, String key, Secret secret) {
    section.computeIfPresent(key, (name, hidden) -> secret.reveal());
  }

  /**
   * Returns a copy of a section that can be changed, put in the place of the original; a detached
   * one if the section does not exist.
   */
  private static Map<String, Object> section(Map<String, Object> shown, String key) {
    Map<String, Object> copy = new LinkedHashMap<>();
    if (shown.get(key) instanceof Map<?, ?> section) {
      section.forEach((name, value) -> copy.put(String.valueOf(name), value));
      shown.put(key, copy);
    }
    return copy;
  }
}
