package io.promdisco.config;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether text is a URL, as Go reads URLs. */
final class Urls {
  private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*");
  private static final Pattern USER_INFO = Pattern.compile("^([^:]*:[/]{2}[^/@]*:)[^/@]*@");

  private Urls() {}

  /** What is wrong with {@code url}, or null. The message holds no password. */
  static @Nullable String problem(String url) {
    String what = wrong(url);
    return what == null ? null : "parse \"" + redacted(url) + "\": " + what;
  }

  /** The URL with its password hidden. */
  static String redacted(String url) {
    return USER_INFO.matcher(url).replaceFirst("$1xxxxx@");
  }

  /** The scheme in lower case, or the empty string. */
  static String scheme(String url) {
    int colon = url.indexOf(':');
    return colon > 0 && SCHEME.matcher(url.substring(0, colon)).matches()
        ? url.substring(0, colon).toLowerCase(java.util.Locale.ROOT)
        : "";
  }

  /** Host and port, or the empty string. */
  static String host(String url) {
    String rest = url.substring(scheme(url).isEmpty() ? 0 : scheme(url).length() + 1);
    if (!rest.startsWith("//")) {
      return "";
    }
    int end = rest.length();
    for (char stop : new char[] {'/', '?', '#'}) {
      int at = rest.indexOf(stop, 2);
      end = at >= 0 ? Math.min(end, at) : end;
    }
    String authority = rest.substring(2, end);
    return authority.substring(authority.lastIndexOf('@') + 1);
  }

  private static @Nullable String wrong(String url) {
    for (int i = 0; i < url.length(); i++) {
      if (url.charAt(i) < ' ' || url.charAt(i) == 0x7f) {
        return "net/url: invalid control character in URL";
      }
    }
    int colon = url.indexOf(':');
    int slash = url.indexOf('/');
    if (colon == 0) {
      return "missing protocol scheme";
    }
    if (colon > 0 && scheme(url).isEmpty() && (slash < 0 || colon < slash)) {
      return "first path segment in URL cannot contain colon";
    }
    String host = host(url);
    if (host.startsWith("[") && host.indexOf(']') < 0) {
      return "missing ']' in host";
    }
    String port = host.substring(Math.max(host.indexOf(']'), 0));
    int portAt = port.lastIndexOf(':');
    if (portAt >= 0 && !port.substring(portAt + 1).chars().allMatch(Character::isDigit)) {
      return "invalid port \"" + port.substring(portAt) + "\" after host";
    }
    return badEscape(url);
  }

  private static @Nullable String badEscape(String url) {
    int query = url.indexOf('?');
    String path = query < 0 ? url : url.substring(0, query);
    for (int i = path.indexOf('%'); i >= 0; i = path.indexOf('%', i + 1)) {
      String escape = path.substring(i, Math.min(i + 3, path.length()));
      if (!escape.matches("%[0-9a-fA-F]{2}")) {
        return "invalid URL escape \"" + escape + "\"";
      }
    }
    return null;
  }
}
