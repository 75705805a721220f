package io.promdisco.config;

import io.promdisco.Internal;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether a text is a URL, as Go reads URLs.
 *
 * @hidden
 */
@Internal
public final class UrlChecks {
  private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*");

  private UrlChecks() {}

  /** Returns what is wrong with {@code url}, or null. The message contains no password. */
  public static @Nullable String problem(String url) {
    String what = wrong(url);
    if (what == null) {
      return null;
    }
    int at = url.lastIndexOf('@');
    if (at < 0) {
      return "parse \"" + url + "\": " + what;
    }
    // In a text that is not a URL, everything before an @ may be a password, so it is not quoted.
    return "parse \"xxxxx" + url.substring(at) + "\": " + what.replaceAll(" \"[^\"]*\"", "");
  }

  /**
   * Returns the URL as Prometheus shows it, with its password hidden. If Go finds no user in it,
   * the text before an {@code @} may still be a password.
   */
  public static String shown(String url) {
    try {
      return redacted(GoUrl.parse(url).redacted());
    } catch (GoUrl.NoUrlException e) {
      return redacted(url);
    }
  }

  /** Returns the URL with its password hidden. */
  public static String redacted(String url) {
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

  /** Returns the scheme in lower case, or an empty string. */
  public static String scheme(String url) {
    int colon = url.indexOf(':');
    return colon > 0 && SCHEME.matcher(url.substring(0, colon)).matches()
        ? url.substring(0, colon).toLowerCase(Locale.ROOT)
        : "";
  }

  /** Returns host and port, or an empty string. */
  public static String host(String url) {
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
    try {
      GoUrl.parse(url);
      return null;
    } catch (GoUrl.NoUrlException e) {
      return e.getMessage();
    }
  }
}
