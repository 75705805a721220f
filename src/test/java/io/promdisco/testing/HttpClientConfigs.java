package io.promdisco.testing;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.Authorization;
import io.promdisco.config.HttpClientConfig.BasicAuth;
import io.promdisco.config.HttpClientConfig.Header;
import io.promdisco.config.HttpClientConfig.OAuth2;
import io.promdisco.config.HttpClientConfig.ProxyConfig;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** HTTP client settings in which one setting is changed. */
public final class HttpClientConfigs {
  private HttpClientConfigs() {}

  private static final TlsConfig NO_TLS = TlsConfig.DEFAULT;

  public static HttpClientConfig withAuthorization(Authorization authorization) {
    return HttpClientConfig.builder().authorization(authorization).build();
  }

  public static HttpClientConfig withToken(String token) {
    return withAuthorization(new Authorization("Bearer", new Secret(token), ""));
  }

  public static HttpClientConfig withTokenFile(String file) {
    return withAuthorization(new Authorization("Bearer", Secret.NONE, file));
  }

  public static HttpClientConfig withBasicAuth(BasicAuth basic) {
    return HttpClientConfig.builder().basicAuth(basic).build();
  }

  public static HttpClientConfig withOAuth2(OAuth2 oauth2) {
    return HttpClientConfig.builder().oauth2(oauth2).build();
  }

  public static HttpClientConfig withTls(TlsConfig tls) {
    return with(tls, ProxyConfig.NONE, Map.of(), true);
  }

  public static HttpClientConfig withProxy(ProxyConfig proxy) {
    return with(NO_TLS, proxy, Map.of(), true);
  }

  public static HttpClientConfig withHeaders(Map<String, Header> headers) {
    return with(NO_TLS, ProxyConfig.NONE, headers, true);
  }

  public static HttpClientConfig withoutRedirects() {
    return with(NO_TLS, ProxyConfig.NONE, Map.of(), false);
  }

  private static HttpClientConfig with(
      TlsConfig tls, ProxyConfig proxy, Map<String, Header> headers, boolean redirects) {
    // Without the checks of the builder, since tests also try settings that it refuses.
    return new HttpClientConfig(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        tls,
        proxy,
        headers,
        redirects,
        true,
        List.of());
  }
}
