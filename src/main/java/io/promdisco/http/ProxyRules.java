package io.promdisco.http;

import com.google.common.net.InetAddresses;
import io.promdisco.Internal;
import io.promdisco.config.HttpClientConfig.ProxyConfig;
import io.promdisco.config.Secret;
import io.promdisco.util.HostNames;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Determines the proxy for a URL, with Go's rules: an entry of {@code no_proxy} is {@code *}, an IP
 * address, a CIDR block, or a domain, which includes its subdomains ({@code .domain} for the
 * subdomains only); any of them may end with a port. The local host is reached directly unless
 * {@code proxy_url} is set without {@code no_proxy}.
 *
 * @hidden
 */
@Internal
public final class ProxyRules {
  /** No proxy for any URL. */
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
   * Returns rules that use {@code url} for everything.
   *
   * @param path the setting that contains {@code url}, for errors
   * @throws IOException if it is not the URL of a proxy
   */
  public static ProxyRules all(String url, String path) throws IOException {
    URI proxy = parse(url, path);
    return new ProxyRules(proxy, proxy, "", false, Map.of());
  }

  /**
   * Returns the rules of {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY}, in upper or
   * lower case.
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
   * Returns the rules of {@code config}.
   *
   * @param env the process environment, for {@code proxy_from_environment}
   * @throws IOException if the proxy cannot be used; the message contains the setting and the
   *     reason
   */
  static ProxyRules of(ProxyConfig config, Map<String, String> env) throws IOException {
    for (String name : config.connectHeaders().keySet()) {
      if (!RequestHeaders.isName(name)) {
        throw new IOException("proxy_connect_header: " + name + ": not a header name");
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
    } catch (IllegalArgumentException e) { // Its message may contain a password.
      throw new IOException(path + ": not a proxy URL " + EXPECTED);
    }
    if (uri.getHost() == null) {
      throw new IOException(path + ": a proxy URL without a host " + EXPECTED);
    }
    if (!ProxyTunnel.SCHEMES.contains(scheme(uri))) {
      throw new IOException(
          path + ": unsupported proxy scheme " + uri.getScheme() + " " + EXPECTED);
    }
    return uri;
  }

  static String scheme(URI proxy) {
    return proxy.getScheme().toLowerCase(Locale.ROOT);
  }

  /** Returns the proxy for {@code target}, or null for none. */
  @Nullable URI proxyFor(URI target) {
    URI proxy = "https".equals(target.getScheme()) ? https : http;
    return proxy == null || isExcepted(target) ? null : proxy;
  }

  private boolean isExcepted(URI target) {
    String host = HostNames.withoutBrackets(target.getHost().toLowerCase(Locale.ROOT));
    int port = ServerUrls.port(target);
    InetAddress address = address(host);
    boolean isLocal = address == null ? host.equals("localhost") : address.isLoopbackAddress();
    if (sparesLocalHost && isLocal) {
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

  private static boolean matches(
      String entry, String host, int port, @Nullable InetAddress address) {
    if (entry.equals("*")) {
      return true;
    }
    int slash = entry.indexOf('/');
    if (slash > 0) {
      InetAddress network = address(entry.substring(0, slash));
      return network != null
          && address != null
          && inBlock(address.getAddress(), network.getAddress(), entry.substring(slash + 1));
    }
    String name = entry;
    int colon = entry.lastIndexOf(':');
    if (colon > 0 && (entry.indexOf(':') == colon || entry.charAt(colon - 1) == ']')) {
      if (!entry.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      name = entry.substring(0, colon);
    }
    name = HostNames.withoutBrackets(name);
    InetAddress exact = address(name);
    if (exact != null) {
      return exact.equals(address);
    }
    String domain = name.startsWith("*.") ? name.substring(1) : name;
    return domain.startsWith(".")
        ? host.endsWith(domain)
        : host.equals(domain) || host.endsWith("." + domain);
  }

  /** Returns an IP address as written, or null for a name. Does not look up names. */
  private static @Nullable InetAddress address(String host) {
    return InetAddresses.isInetAddress(host) ? InetAddresses.forString(host) : null;
  }

  private static boolean inBlock(byte[] address, byte[] network, String bitsText) {
    if (address.length != network.length || !bitsText.matches("[0-9]{1,3}")) {
      return false;
    }
    int rest = Math.max(0, 8 * address.length - Integer.parseInt(bitsText));
    return new BigInteger(address)
        .shiftRight(rest)
        .equals(new BigInteger(network).shiftRight(rest));
  }

  /** The headers of {@code proxy_connect_header}, which are sent only to the proxy. */
  Map<String, List<Secret>> connectHeaders() {
    return new LinkedHashMap<>(connectHeaders);
  }
}
