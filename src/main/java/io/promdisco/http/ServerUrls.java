package io.promdisco.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promdisco.Internal;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Parses URLs of servers as people write them.
 *
 * @hidden
 */
@Internal
public final class ServerUrls {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private ServerUrls() {}

  /**
   * Returns scheme, host, port and path of a server, without user, query, and slash at the end.
   *
   * @param path the setting, for errors
   */
  public static URI server(String text, String path) throws IOException {
    URI uri = parse(text, path);
    String folder = uri.getRawPath();
    while (folder.endsWith("/")) {
      folder = folder.substring(0, folder.length() - 1);
    }
    return URI.create(base(uri) + folder);
  }

  /**
   * Returns the URL of a request, with path and query, without user and fragment. Escapes
   * characters that are not allowed in path and query.
   *
   * @param path the setting, for errors
   */
  public static URI request(String text, String path) throws IOException {
    URI uri = parse(text, path);
    String folder = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return URI.create(
        base(uri) + folder + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()));
  }

  private static String base(URI uri) {
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return uri.getScheme().toLowerCase(Locale.ROOT) + "://" + uri.getHost() + port;
  }

  private static URI parse(String text, String path) throws IOException {
    try {
      URI uri = new URI(escaped(text));
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      boolean isHttp = scheme.equals("http") || scheme.equals("https");
      if (isHttp && uri.getHost() != null) {
        return uri;
      }
      if (isHttp && uri.getRawAuthority() != null) {
        String authority = uri.getRawAuthority();
        throw new IOException(
            path
                + ": host "
                + authority.substring(authority.lastIndexOf('@') + 1)
                + " cannot be used (expected a name of letters, digits, - and ., or an address)");
      }
    } catch (URISyntaxException e) {
      // The message of the exception would contain the whole text, including a password.
      throw new IOException(
          path + ": not a URL: " + e.getReason() + " (expected https://host:port)");
    }
    throw new IOException(path + ": not a server URL (expected https://host:port)");
  }

  /**
   * Returns the URL with a scheme, without the fragment, and with path and query according to RFC
   * 3986.
   */
  private static String escaped(String text) {
    int hash = text.indexOf('#');
    String bare = hash < 0 ? text : text.substring(0, hash);
    String whole = bare.contains("://") ? bare : "https://" + bare;
    int from = whole.indexOf("://") + 3;
    while (from < whole.length() && whole.charAt(from) != '/' && whole.charAt(from) != '?') {
      from++;
    }
    StringBuilder out = new StringBuilder(whole.length()).append(whole, 0, from);
    byte[] rest = whole.substring(from).getBytes(UTF_8);
    for (int i = 0; i < rest.length; i++) {
      char c = (char) (rest[i] & 0xff);
      boolean isEscape = c == '%' && isHex(rest, i + 1) && isHex(rest, i + 2);
      if (isEscape || (c > ' ' && c < 0x7f && "\"<>\\^`{|}[]%".indexOf(c) < 0)) {
        out.append(c);
      } else {
        out.append('%').append(HEX.toHexDigits(rest[i]));
      }
    }
    return out.toString();
  }

  private static boolean isHex(byte[] text, int at) {
    return at < text.length && HexFormat.isHexDigit(text[at]);
  }

  /** Returns the user and password in a URL, or an empty string. */
  public static String userInfo(String text) {
    try {
      String info = new URI(escaped(text)).getUserInfo();
      return info == null ? "" : info;
    } catch (URISyntaxException e) {
      return ""; // server() reports what is wrong with it.
    }
  }

  /** Returns the port, or the default port of the scheme. */
  static int port(URI url) {
    return url.getPort() >= 0 ? url.getPort() : "http".equals(url.getScheme()) ? 80 : 443;
  }

  /** Whether scheme, host and port are the same. */
  public static boolean isSameOrigin(URI one, URI other) {
    return one.getScheme().equalsIgnoreCase(other.getScheme())
        && one.getHost().equalsIgnoreCase(other.getHost())
        && port(one) == port(other);
  }

  /** Returns scheme, host and port, for people. */
  static URI origin(URI url) {
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    return URI.create(url.getScheme() + "://" + url.getHost() + port);
  }

  /**
   * Returns a URL without user, query and fragment for people, because any of them may contain a
   * secret.
   */
  public static String shown(URI url) {
    String path = url.getRawPath();
    return origin(url) + (path == null ? "" : path);
  }

  /**
   * Returns the target of a redirect that is not followed, as part of a sentence; empty for other
   * answers.
   *
   * @param code the status of the answer
   * @param from the requested URL
   * @param location the {@code Location} header
   */
  public static String redirect(int code, URI from, String location) {
    if (code / 100 != 3 || location.isEmpty()) {
      return "";
    }
    try {
      URI to = from.resolve(location);
      return to.getHost() == null ? "" : ", a redirect to " + shown(to) + ", not followed";
    } catch (IllegalArgumentException e) {
      return ""; // not a URL
    }
  }
}
