package io.promdisco.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether text is a URL, as Go reads URLs. */
final class Urls {
  private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*");

  /** What Go refuses in a host, but for percent signs. */
  private static final Pattern BAD_IN_HOST = Pattern.compile("[ \\\\^`{|}]");

  private Urls() {}

  /** What is wrong with {@code url}, or null. The message holds no password. */
  static @Nullable String problem(String url) {
    String what = wrong(url);
    if (what == null) {
      return null;
    }
    int at = url.lastIndexOf('@');
    if (at < 0) {
      return "parse \"" + url + "\": " + what;
    }
    // What is no URL may hold a password anywhere before an @: nothing of that is quoted.
    return "parse \"xxxxx" + url.substring(at) + "\": " + what.replaceAll(" \"[^\"]*\"", "");
  }

  /** The URL as Prometheus shows it: the scheme in lower case, a password hidden. */
  static String shown(String url) {
    String scheme = scheme(url);
    return redacted(scheme + url.substring(scheme.length()));
  }

  /** The URL with its password hidden. */
  static String redacted(String url) {
    String scheme = scheme(url);
    int authority =
        url.indexOf("//") == (scheme.isEmpty() ? 0 : scheme.length() + 1)
            ? url.indexOf("//") + 2
            : 0;
    int end = url.length();
    for (char stop : new char[] {'/', '?', '#'}) {
      int at = url.indexOf(stop, authority);
      end = at >= 0 ? Math.min(end, at) : end;
    }
    int host = url.lastIndexOf('@', end);
    int password = url.indexOf(':', authority);
    if (host < authority || password < 0 || password > host) {
      return url;
    }
    return url.substring(0, password + 1) + "xxxxx" + url.substring(host);
  }

  /** The scheme in lower case, or the empty string. */
  static String scheme(String url) {
    int colon = url.indexOf(':');
    return colon > 0 && SCHEME.matcher(url.substring(0, colon)).matches()
        ? url.substring(0, colon).toLowerCase(Locale.ROOT)
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
    Matcher bad = BAD_IN_HOST.matcher(host);
    if (bad.find()) {
      return "invalid character \"" + bad.group() + "\" in host name";
    }
    return badEscape(url);
  }

  private static @Nullable String badEscape(String url) {
    int fragment = url.indexOf('#');
    String beforeFragment = fragment < 0 ? url : url.substring(0, fragment);
    int query = beforeFragment.indexOf('?');
    // A query may hold anything.
    String path =
        (query < 0 ? beforeFragment : beforeFragment.substring(0, query))
            + (fragment < 0 ? "" : url.substring(fragment));
    for (int i = path.indexOf('%'); i >= 0; i = path.indexOf('%', i + 1)) {
      String escape = path.substring(i, Math.min(i + 3, path.length()));
      if (!escape.matches("%[0-9a-fA-F]{2}")) {
        return "invalid URL escape \"" + escape + "\"";
      }
    }
    return null;
  }
}
