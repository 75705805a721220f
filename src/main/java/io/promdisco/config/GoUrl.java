package io.promdisco.config;

import com.google.common.net.InetAddresses;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL, split into parts as Go's {@code net/url} does. Parts are unescaped; each character stands
 * for one byte.
 *
 * @param scheme in lower case, or empty
 * @param opaque the text after the scheme if it does not begin with a slash, or empty
 * @param user null if there is none
 * @param password null if there is none
 * @param host host and port, or empty
 * @param omitsHost whether the path follows the scheme directly
 * @param path the path as it was written
 * @param query the text after the question mark; null if there is no question mark
 * @param fragment the fragment as it was written, or empty
 */
record GoUrl(
    String scheme,
    String opaque,
    @Nullable String user,
    @Nullable String password,
    String host,
    boolean omitsHost,
    String path,
    @Nullable String query,
    String fragment) {
  private static final Pattern SCHEME = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*):");
  private static final Pattern PORT = Pattern.compile("(:[0-9]*)?");
  private static final Pattern ESCAPE = Pattern.compile("%[0-9a-fA-F]{2}");
  private static final String UNRESERVED = "-_.~";
  private static final String ZONE = "%25";
  private static final String HIDDEN = "xxxxx";

  /**
   * A part of a URL, with the characters besides letters and digits that need no escaping in it.
   */
  private enum Part {
    PATH("$&+,/:;=@", "!$&'()*+,;=:@[]%"),
    HOST("!$&'()*+,;=:[]<>\"", ""),
    USER("$&+,;=", ""),
    FRAGMENT("$&+,/:;=?@!()*", "!$&'()*+,;=:@[]%");

    /** Characters that are never escaped. */
    private final String plain;

    /** Further characters that may be escaped or not. */
    private final String either;

    Part(String plain, String either) {
      this.plain = plain;
      this.either = either;
    }

    boolean isPlain(char c) {
      return isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0 || plain.indexOf(c) >= 0;
    }

    boolean mayBe(char c) {
      return isPlain(c) || either.indexOf(c) >= 0;
    }
  }

  /** Thrown for text that is not a URL. The message says why and quotes little of the text. */
  static final class NoUrlException extends Exception {
    private static final long serialVersionUID = 1L;

    private NoUrlException(String message) {
      super(message);
    }
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /**
   * Reads a URL.
   *
   * @throws NoUrlException if the text is not a URL
   */
  static GoUrl parse(String text) throws NoUrlException {
    String url = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    int hash = url.indexOf('#');
    String fragment = hash < 0 ? "" : url.substring(hash + 1);
    GoUrl parsed = withoutFragment(hash < 0 ? url : url.substring(0, hash));
    unescape(fragment, Part.FRAGMENT);
    return new GoUrl(
        parsed.scheme,
        parsed.opaque,
        parsed.user,
        parsed.password,
        parsed.host,
        parsed.omitsHost,
        parsed.path,
        parsed.query,
        fragment);
  }

  private static GoUrl withoutFragment(String url) throws NoUrlException {
    if (url.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new NoUrlException("net/url: invalid control character in URL");
    }
    if (url.startsWith(":")) {
      throw new NoUrlException("missing protocol scheme");
    }
    Matcher matcher = SCHEME.matcher(url);
    boolean hasScheme = matcher.lookingAt();
    String scheme = hasScheme ? matcher.group(1).toLowerCase(Locale.ROOT) : "";
    String rest = hasScheme ? url.substring(matcher.end()) : url;
    int mark = rest.indexOf('?');
    String query = mark < 0 ? null : rest.substring(mark + 1);
    rest = mark < 0 ? rest : rest.substring(0, mark);
    if (!rest.startsWith("/")) {
      if (hasScheme) {
        return new GoUrl(scheme, rest, null, null, "", false, "", query, "");
      }
      int slash = rest.indexOf('/');
      if ((slash < 0 ? rest : rest.substring(0, slash)).indexOf(':') >= 0) {
        throw new NoUrlException("first path segment in URL cannot contain colon");
      }
    }
    boolean hasAuthority = rest.startsWith("//") && (hasScheme || !rest.startsWith("///"));
    if (!hasAuthority) {
      unescape(rest, Part.PATH);
      boolean omits = hasScheme && rest.startsWith("/");
      return new GoUrl(scheme, "", null, null, "", omits, rest, query, "");
    }
    int slash = rest.indexOf('/', 2);
    String authority = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
    String path = slash < 0 ? "" : rest.substring(slash);
    int at = authority.lastIndexOf('@');
    String host = host(scheme, authority.substring(at + 1));
    String user = at < 0 ? null : authority.substring(0, at);
    String password = null;
    if (user != null) {
      checkUser(user);
      int colon = user.indexOf(':');
      password = colon < 0 ? null : unescape(user.substring(colon + 1), Part.USER);
      user = unescape(colon < 0 ? user : user.substring(0, colon), Part.USER);
    }
    unescape(path, Part.PATH);
    return new GoUrl(scheme, "", user, password, host, false, path, query, "");
  }

  private static void checkUser(String user) throws NoUrlException {
    for (int i = 0; i < user.length(); i++) {
      char c = user.charAt(i);
      if (!isLetterOrDigit(c) && "-._:~!$&'()*+,;=%@".indexOf(c) < 0) {
        throw new NoUrlException("net/url: invalid userinfo");
      }
    }
  }

  private static String host(String scheme, String host) throws NoUrlException {
    int open = host.lastIndexOf('[');
    if (open > 0) {
      throw new NoUrlException("invalid IP-literal");
    }
    if (open == 0) {
      return literal(host);
    }
    int colon = host.indexOf(':');
    if (colon >= 0) {
      boolean web = scheme.equals("http") || scheme.equals("https");
      checkPort(host.substring(web ? colon : host.lastIndexOf(':')));
    }
    return unescape(host, Part.HOST);
  }

  private static String literal(String host) throws NoUrlException {
    int close = host.lastIndexOf(']');
    if (close < 0) {
      throw new NoUrlException("missing ']' in host");
    }
    String port = host.substring(close + 1);
    checkPort(port);
    String inside = host.substring(1, close);
    int zone = inside.indexOf(ZONE);
    String address = unescape(zone < 0 ? inside : inside.substring(0, zone), Part.HOST);
    String name = zone < 0 ? "" : unescapeZone(inside.substring(zone));
    int percent = address.indexOf('%');
    String bare = percent < 0 ? address : address.substring(0, percent);
    boolean isVersion6 = bare.indexOf(':') >= 0 && InetAddresses.isInetAddress(bare);
    boolean emptyZone = name.equals("%") || (percent >= 0 && percent == address.length() - 1);
    if (!isVersion6 || emptyZone) {
      throw new NoUrlException("invalid host: \"" + inside + "\" is not an IPv6 address");
    }
    return "[" + address + name + "]" + port;
  }

  private static void checkPort(String port) throws NoUrlException {
    if (!PORT.matcher(port).matches()) {
      throw new NoUrlException("invalid port \"" + port + "\" after host");
    }
  }

  private static String unescape(String text, Part part) throws NoUrlException {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        String escape = text.substring(i, Math.min(i + 3, text.length()));
        boolean inHost = part == Part.HOST;
        if (!ESCAPE.matcher(escape).matches()
            || (inHost && value(escape) < 0x80 && !escape.equals(ZONE))) {
          throw new NoUrlException("invalid URL escape \"" + escape + "\"");
        }
        out.append(value(escape));
        i += 2;
      } else if (part == Part.HOST && c < 0x80 && !part.isPlain(c)) {
        throw new NoUrlException("invalid character \"" + c + "\" in host name");
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static String unescapeZone(String text) throws NoUrlException {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        String escape = text.substring(i, Math.min(i + 3, text.length()));
        boolean known = ESCAPE.matcher(escape).matches();
        char value = known ? value(escape) : 0;
        if (!known || !(escape.equals(ZONE) || value == ' ' || Part.HOST.isPlain(value))) {
          throw new NoUrlException("invalid URL escape \"" + escape + "\"");
        }
        out.append(value);
        i += 2;
      } else if (c < 0x80 && !Part.HOST.isPlain(c)) {
        throw new NoUrlException("invalid character \"" + c + "\" in host name");
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static char value(String escape) {
    return (char) Integer.parseInt(escape.substring(1), 16);
  }

  private static String escape(String text, Part part) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (part.isPlain(c)) {
        out.append(c);
      } else {
        out.append(String.format("%%%02X", (int) c));
      }
    }
    return out.toString();
  }

  /** Returns a part as it was written if that is valid, otherwise escaped. */
  private static String written(String text, Part part) {
    if (text.chars().allMatch(c -> part.mayBe((char) c))) {
      return text;
    }
    try {
      return escape(unescape(text, part), part);
    } catch (NoUrlException e) {
      throw new IllegalStateException(e); // parse() has unescaped it already
    }
  }

  /** Returns the URL as Go writes it, with {@code xxxxx} instead of a password. */
  String redacted() {
    StringBuilder out = new StringBuilder(scheme.isEmpty() ? "" : scheme + ":");
    if (!opaque.isEmpty()) {
      out.append(opaque);
    } else {
      boolean empty = host.isEmpty() && user == null;
      if (!(scheme.isEmpty() && empty) && !(omitsHost && empty)) {
        out.append(empty && path.isEmpty() ? "" : "//");
        if (user != null) {
          out.append(escape(user, Part.USER)).append(password == null ? "" : ":" + HIDDEN);
          out.append('@');
        }
        out.append(escape(host, Part.HOST));
      }
      String shownPath = path.equals("*") ? path : written(path, Part.PATH);
      int slash = shownPath.indexOf('/');
      String first = slash < 0 ? shownPath : shownPath.substring(0, slash);
      out.append(out.length() == 0 && first.indexOf(':') >= 0 ? "./" : "").append(shownPath);
    }
    if (query != null) {
      out.append('?').append(query);
    }
    if (!fragment.isEmpty()) {
      out.append('#').append(written(fragment, Part.FRAGMENT));
    }
    return new String(out.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
