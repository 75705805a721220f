package io.promdisco.http;

import io.promdisco.config.HttpClientConfig.ProxyConfig;
import io.promdisco.config.Secret;
import io.promdisco.util.Hosts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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

  private static final String EXPECTED =
      "(expected http://host:port, https://host:port or socks5://host:port)";

  /** Headers of a CONNECT request that HTTP itself needs. */
  private static final Set<String> RESERVED =
      Set.of("host", "connection", "content-length", "transfer-encoding");

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

  /**
   * Everything through {@code url}.
   *
   * @param path where {@code url} is written, for errors
   * @throws IOException if it is not the URL of a proxy
   */
  public static ProxyRules all(String url, String path) throws IOException {
    URI proxy = parse(url, path);
    return new ProxyRules(proxy, proxy, "", false, Map.of());
  }

  /**
   * As {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY} say, or the same in lower case.
   *
   * @throws IOException if one is not the URL of a proxy
   */
  public static ProxyRules fromEnvironment(Map<String, String> env) throws IOException {
    return fromEnvironment(env, Map.of());
  }

  private static ProxyRules fromEnvironment(
      Map<String, String> env, Map<String, List<Secret>> headers) throws IOException {
    return new ProxyRules(
        parse(variable(env, "HTTP_PROXY"), "HTTP_PROXY"),
        parse(variable(env, "HTTPS_PROXY"), "HTTPS_PROXY"),
        variable(env, "NO_PROXY"),
        true,
        headers);
  }

  /**
   * As {@code config} says.
   *
   * @param env the process environment, for {@code proxy_from_environment}
   * @throws IOException if the proxy cannot be used, with the setting and why
   */
  static ProxyRules of(ProxyConfig config, Map<String, String> env) throws IOException {
    for (String name : config.connectHeaders().keySet()) {
      if (!Headers.isName(name)) {
        throw new IOException("proxy_connect_header: " + name + ": not the name of a header");
      }
      if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
        throw new IOException("proxy_connect_header: " + name + ": cannot be set");
      }
    }
    if (config.fromEnvironment()) {
      return fromEnvironment(env, config.connectHeaders());
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
    } catch (IllegalArgumentException e) { // Its message may show a password.
      throw new IOException(path + ": not the URL of a proxy " + EXPECTED);
    }
    if (uri.getHost() == null) {
      throw new IOException(path + ": the URL of a proxy without a host " + EXPECTED);
    }
    if (!ProxyTunnel.SCHEMES.contains(scheme(uri))) {
      throw new IOException(path + ": a proxy of scheme " + uri.getScheme() + " " + EXPECTED);
    }
    return uri;
  }

  static String scheme(URI proxy) {
    return proxy.getScheme().toLowerCase(Locale.ROOT);
  }

  /** The proxy for {@code target}, or null to go directly. */
  @Nullable URI proxyFor(URI target) {
    URI proxy = "https".equals(target.getScheme()) ? https : http;
    return proxy == null || isExcepted(target) ? null : proxy;
  }

  private boolean isExcepted(URI target) {
    String host = Hosts.withoutBrackets(target.getHost().toLowerCase(Locale.ROOT));
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
    name = Hosts.withoutBrackets(name);
    byte[] exact = address(name);
    if (exact != null) {
      return Arrays.equals(address, exact);
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

  /** Whether a host is an IP address; asks no name server. */
  static boolean isAddress(String host) {
    return address(host) != null;
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

  /** The headers of {@code proxy_connect_header}, which only a proxy gets. */
  Map<String, List<Secret>> connectHeaders() {
    return new LinkedHashMap<>(connectHeaders);
  }
}
