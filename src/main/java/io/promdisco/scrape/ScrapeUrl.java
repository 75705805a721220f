package io.promdisco.scrape;

import io.promdisco.util.Utf8Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes URLs exactly as Go's {@code net/url} does, because Prometheus shows them and other tools
 * compare them: which characters are escaped, and the order of parameters.
 */
final class ScrapeUrl {
  private static final String HEX = "0123456789ABCDEF";
  private static final String UNRESERVED = "-_.~";
  private static final String IN_PATH = UNRESERVED + "$&+,/:;=@";
  private static final String IN_HOST = UNRESERVED + "!$&'()*+,;=:[]<>\"";

  private ScrapeUrl() {}

  /**
   * Joins the parts. Checks nothing, and adds no port.
   *
   * @param scheme may be empty; then the URL begins with {@code //}
   * @param host host and port; not empty
   * @param path may be empty or lack the leading slash; never contains a query
   * @param parameters in any order; a name without values is left out
   */
  static String of(String scheme, String host, String path, Map<String, List<String>> parameters) {
    StringBuilder url = new StringBuilder(scheme.length() + host.length() + path.length() + 16);
    if (!scheme.isEmpty()) {
      url.append(scheme).append(':');
    }
    url.append("//");
    escape(url, host, IN_HOST, false);
    if (!path.isEmpty() && path.charAt(0) != '/') {
      url.append('/');
    }
    if (path.equals("*")) {
      url.append(path);
    } else {
      escape(url, path, IN_PATH, false);
    }
    if (!parameters.isEmpty()) {
      appendQuery(url, parameters);
    }
    return url.toString();
  }

  private static void appendQuery(StringBuilder url, Map<String, List<String>> parameters) {
    List<String> names = new ArrayList<>(parameters.keySet());
    names.sort(Utf8Text::compare);
    char before = '?';
    for (String name : names) {
      for (String value : parameters.getOrDefault(name, List.of())) {
        url.append(before);
        before = '&';
        escape(url, name, UNRESERVED, true);
        url.append('=');
        escape(url, value, UNRESERVED, true);
      }
    }
  }

  private static void escape(StringBuilder out, String text, String plain, boolean plusForSpace) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isAlphanumeric(c) || plain.indexOf(c) >= 0) {
        out.append(c);
      } else if (c == ' ' && plusForSpace) {
        out.append('+');
      } else if (c < 0x80) {
        appendByte(out, c);
      } else {
        int point = text.codePointAt(i);
        i += Character.charCount(point) - 1;
        Utf8Text.forEachByte(point, b -> appendByte(out, b));
      }
    }
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static void appendByte(StringBuilder out, int b) {
    out.append('%').append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 0xf));
  }
}
