package io.promdisco.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.config.HttpClientConfig.ProxyConfig;
import io.promdisco.config.Secret;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxyRulesTest {
  private static boolean isDirect(String noProxy, String target) throws IOException {
    ProxyConfig config = new ProxyConfig("http://proxy:3128", noProxy, false, Map.of());
    return ProxyRules.of(config, Map.of()).proxyFor(URI.create(target)) == null;
  }

  @Test
  void anExceptionIsAStarAnAddressABlockOrADomain() throws IOException {
    assertThat(isDirect("*", "https://a.example")).isTrue();
    assertThat(isDirect("example", "https://a.example")).isTrue();
    assertThat(isDirect("a.EXAMPLE", "https://A.example")).isTrue();
    assertThat(isDirect("b.example", "https://a.example")).isFalse();
    assertThat(isDirect(".example", "https://a.example")).isTrue();
    assertThat(isDirect("*.example", "https://a.example")).isTrue();
    assertThat(isDirect(".a.example", "https://a.example")).isFalse();
    assertThat(isDirect("xample", "https://a.example")).isFalse();
    assertThat(isDirect(" x , 10.0.0.0/8 ", "https://10.96.0.1")).isTrue();
    assertThat(isDirect("10.96.0.0/15", "https://10.97.255.255")).isTrue();
    assertThat(isDirect("10.96.0.0/15", "https://10.98.0.0")).isFalse();
    assertThat(isDirect("fd00::/8", "https://[fd12::1]:6443")).isTrue();
    assertThat(isDirect("10.1.1.1", "https://10.1.1.1:6443")).isTrue();
    assertThat(isDirect("10.1.1.1:6443", "https://10.1.1.1:6443")).isTrue();
    assertThat(isDirect("10.1.1.1:443", "https://10.1.1.1:6443")).isFalse();
    assertThat(isDirect("a.example:443", "https://a.example")).isTrue();
    assertThat(isDirect("[fd00::1]:6443", "https://[fd00::1]:6443")).isTrue();
    assertThat(isDirect("10.0.0.0/99x", "https://10.1.1.1")).isFalse();
  }

  @Test
  void theLocalHostIsReachedDirectlyUnlessTheProxyStandsAlone() throws IOException {
    for (String local : new String[] {"http://localhost", "http://127.9.9.9", "http://[::1]"}) {
      assertThat(isDirect("other", local)).as(local).isTrue();
      assertThat(isDirect("", local)).as(local).isFalse();
    }
  }

  @Test
  void theEnvironmentIsAskedOnlyIfTheConfigurationSaysSo() throws IOException {
    Map<String, String> env =
        Map.of("HTTP_PROXY", "plain:1", "https_proxy", "http://tls:2", "NO_PROXY", "x.example");
    ProxyRules rules = ProxyRules.of(new ProxyConfig("", "", true, Map.of()), env);
    assertThat(rules.proxyFor(URI.create("http://a"))).hasToString("http://plain:1");
    assertThat(rules.proxyFor(URI.create("https://a"))).hasToString("http://tls:2");
    assertThat(rules.proxyFor(URI.create("https://x.example"))).isNull();
    assertThat(ProxyRules.of(ProxyConfig.NONE, env).proxyFor(URI.create("https://a"))).isNull();
  }

  @Test
  void anAddressMatchesADomainOfItsLastNumbersAsInGo() throws IOException {
    assertThat(isDirect("0.0.1", "https://10.0.0.1")).isTrue();
    assertThat(isDirect("10.0.0.1", "https://a.10.0.0.1.example")).isFalse();
  }

  @Test
  void proxiesOfHttpAndSocksAreTaken() throws IOException {
    for (String url :
        new String[] {"http://p:1", "https://p", "socks5://u:p@p:1", "socks5h://p", "HTTP://p"}) {
      ProxyRules rules = ProxyRules.all(url, "proxy-url");
      assertThat(rules.proxyFor(URI.create("https://a"))).hasToString(url);
    }
    assertThat(ProxyRules.all("", "proxy-url").proxyFor(URI.create("https://a"))).isNull();
  }

  @Test
  void invalidProxyUrlIsRefusedWithoutItsPassword() {
    String expected = " (expected http://host:port, https://host:port or socks5://host:port)";
    Map<String, String> refused =
        Map.of(
            "ftp://u:s3cret@p:1", "unsupported proxy scheme ftp",
            "http://u:s3cret@p p", "not a proxy URL",
            "http://u:s3cret@", "a proxy URL without a host",
            "http:///path", "a proxy URL without a host");
    refused.forEach(
        (url, reason) ->
            assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> ProxyRules.all(url, "cluster k: proxy-url"))
                .withMessage("cluster k: proxy-url: " + reason + expected));
  }

  @Test
  void aHeaderOfAnyNameIsForTheProxyButForThoseThatHttpNeeds() throws IOException {
    Map<String, List<Secret>> headers = Map.of("X-Tag", List.of(new Secret("a")));
    ProxyRules rules = ProxyRules.of(new ProxyConfig("http://p", "", false, headers), Map.of());
    assertThat(rules.connectHeaders()).containsOnlyKeys("X-Tag");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                ProxyRules.of(
                    new ProxyConfig(
                        "http://p", "", false, Map.of("HOST", List.of(new Secret("a")))),
                    Map.of()))
        .withMessage("proxy_connect_header: HOST: cannot be set");
  }

  @Test
  void aNameOfAHeaderCannotSmuggleAnotherHeader() {
    for (String name : new String[] {"Proxy-A: b\r\nX", "Proxy-A b", "Proxy-\u00e4"}) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(
              () ->
                  ProxyRules.of(
                      new ProxyConfig(
                          "http://p", "", false, Map.of(name, List.of(new Secret("a")))),
                      Map.of()))
          .withMessage("proxy_connect_header: " + name + ": not a header name");
    }
  }
}
