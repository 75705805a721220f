package io.promdisco.http;

import io.promdisco.config.HttpClientConfig.ProxyConfig;
import io.promdisco.config.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which proxy to go through, by Go's rules: an entry of {@code no_proxy} is {@code *}, an IP
 * address, a CIDR block, or a domain, which stands for its subdomains too ({@code .domain}: for
 * them only); any may end with a port. The local host is reached directly unless {@code proxy_url}
 * stands alone.
 */
public final class ProxyRules {
  /** The way without any proxy. */
  public static final ProxyRules DIRECT = new ProxyRules(null, null, "", true, Map.of());

  private final @Nullable URI http;
  private final @Nullable URI https;
  private final String noProxy;
  private final boolean sparesLocalHost;
  private final Map<String, List<Secret>> connectHeaders;

  private ProxyRules(
      @Nullable URI http,
      @Nullable URI https,
      String noProxy,
      boolean sparesLocalHost,
      Map<String, List<Secret>> connectHeaders) {
    this.http = http;
    this.https = https;
    this.noProxy = noProxy;
    this.sparesLocalHost = sparesLocalHost;
    this.connectHeaders = connectHeaders;
  }

  /** Everything through {@code url}; empty: nothing through any. */
  public static ProxyRules all(String url, String path) throws IOException {
    return url.isEmpty()
        ? DIRECT
        : new ProxyRules(parse(url, path), parse(url, path), "", false, Map.of());
  }

  /**
   * As {@code config} says.
   *
   * @param env the process environment, for {@code proxy_from_environment}
   * @throws IOException if the proxy cannot be used, with the setting and why
   */
  static ProxyRules of(ProxyConfig config, Map<String, String> env) throws IOException {
    for (String name : config.connectHeaders().keySet()) {
      if (!name.toLowerCase(Locale.ROOT).startsWith("proxy-")) {
        throw new IOException(
            "proxy_connect_header: " + name + " (expected a name that begins with Proxy-)");
      }
      if (!Headers.isName(name)) {
        throw new IOException("proxy_connect_header: " + name + ": not the name of a header");
      }
    }
    if (config.fromEnvironment()) {
      return new ProxyRules(
          parse(variable(env, "HTTP_PROXY"), "HTTP_PROXY"),
          parse(variable(env, "HTTPS_PROXY"), "HTTPS_PROXY"),
          variable(env, "NO_PROXY"),
          true,
          config.connectHeaders());
    }
    URI proxy = parse(config.url(), "proxy_url");
    return new ProxyRules(
        proxy, proxy, config.noProxy(), !config.noProxy().isEmpty(), config.connectHeaders());
  }

  private static String variable(Map<String, String> env, String name) {
    String value = env.getOrDefault(name, "");
    return value.isEmpty() ? env.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
  }

  private static @Nullable URI parse(String url, String path) throws IOException {
    if (url.isEmpty()) {
      return null;
    }
    URI uri;
    try {
      uri = URI.create(url.contains("://") ? url : "http://" + url);
    } catch (IllegalArgumentException e) {
      throw new IOException(path + ": not a URL (expected http://host:port)");
    }
    if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
      throw new IOException(
          path + ": a proxy of scheme " + uri.getScheme() + " (expected http://host:port)");
    }
    return uri;
  }

  /** The proxy for {@code target}, or null to go directly. */
  @Nullable URI proxyFor(URI target) {
    URI proxy = "https".equals(target.getScheme()) ? https : http;
    return proxy == null || isExcepted(target) ? null : proxy;
  }

  private boolean isExcepted(URI target) {
    String host = Urls.bare(target.getHost().toLowerCase(Locale.ROOT));
    int port = target.getPort();
    if (port < 0) {
      port = "https".equals(target.getScheme()) ? 443 : 80;
    }
    byte[] address = address(host);
    if (sparesLocalHost && (host.equals("localhost") || isLoopback(address))) {
      return true;
    }
    for (String part : noProxy.split(",")) {
      String entry = part.strip().toLowerCase(Locale.ROOT);
      if (!entry.isEmpty() && matches(entry, host, port, address)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String entry, String host, int port, byte @Nullable [] address) {
    if (entry.equals("*")) {
      return true;
    }
    int slash = entry.indexOf('/');
    if (slash > 0) {
      byte[] network = address(entry.substring(0, slash));
      return network != null
          && address != null
          && inBlock(address, network, entry.substring(slash + 1));
    }
    String name = entry;
    int colon = entry.lastIndexOf(':');
    if (colon > 0 && (entry.indexOf(':') == colon || entry.charAt(colon - 1) == ']')) {
      if (!entry.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      name = entry.substring(0, colon);
    }
    name = Urls.bare(name);
    if (address != null) {
      return Arrays.equals(address, address(name));
    }
    String domain = name.startsWith("*.") ? name.substring(1) : name;
    return domain.startsWith(".")
        ? host.endsWith(domain)
        : host.equals(domain) || host.endsWith("." + domain);
  }

  private static boolean isLoopback(byte @Nullable [] address) {
    if (address == null) {
      return false;
    }
    if (address.length == 4) {
      return address[0] == 127;
    }
    for (int i = 0; i < address.length - 1; i++) {
      if (address[i] != 0) {
        return false;
      }
    }
    return address[address.length - 1] == 1;
  }

  /** The bytes of an IP address as it is written, or null for a name; asks no name server. */
  private static byte @Nullable [] address(String host) {
    boolean literal = host.indexOf(':') >= 0 || host.matches("[0-9]+(\\.[0-9]+){3}");
    if (!literal) {
      return null;
    }
    try {
      return InetAddress.getByName(host).getAddress();
    } catch (IOException e) {
      return null; // Not an address after all.
    }
  }

  private static boolean inBlock(byte[] address, byte[] network, String bitsText) {
    if (address.length != network.length || !bitsText.matches("[0-9]{1,3}")) {
      return false;
    }
    int bits = Integer.parseInt(bitsText);
    for (int i = 0; i < address.length && bits > 0; i++, bits -= 8) {
      int mask = bits >= 8 ? 0xff : 0xff << (8 - bits) & 0xff;
      if ((address[i] & mask) != (network[i] & mask)) {
        return false;
      }
    }
    return true;
  }

  /** The headers that only the proxy sees; all begin with {@code Proxy-}. */
  Map<String, List<Secret>> headers() {
    Map<String, List<Secret>> headers = new LinkedHashMap<>(connectHeaders);
    URI proxy = https == null ? http : https;
    if (proxy != null && proxy.getUserInfo() != null) {
      byte[] user = proxy.getUserInfo().getBytes(StandardCharsets.UTF_8);
      headers.put(
          "Proxy-Authorization",
          List.of(new Secret("Basic " + Base64.getEncoder().encodeToString(user))));
    }
    return headers;
  }

  /** These rules as the JDK wants them. */
  ProxySelector selector() {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI uri) {
        URI proxy = proxyFor(uri);
        if (proxy == null) {
          return List.of(Proxy.NO_PROXY);
        }
        int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
        return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port)));
      }

      @Override
      public void connectFailed(URI uri, SocketAddress address, IOException problem) {
        // The request that could not go through fails and says so.
      }
    };
  }
}
