package io.promdisco.cli.output;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hides possible secrets in a line of a configuration before it is shown: values of keys that sound
 * like secrets, well-formed or not, and passwords in URLs. Hides too much rather than too little.
 */
final class SecretMask {
  private static final String HIDDEN = "<secret>";

  private static final Pattern KEY =
      Pattern.compile("[\"']?([A-Za-z_][\\w-]*)[\"']?[ \\t]*:(?=[ \\t\"'\\[{]|$)[ \\t]*");
  private static final Pattern PASSWORD_IN_URL = Pattern.compile("://[^/\\s@:]*:([^@/\\s]+)@");
  private static final List<String> SECRET =
      List.of("pass", "word", "pwd", "secret", "token", "cred", "bearer", "apikey");
  private static final List<String> NO_SECRET = List.of("file", "_url", "_ref");

  /** Sections whose keys may be shown; anything else in their place is probably a secret. */
  private static final List<String> CONTAINERS =
      List.of("basic_auth", "authorization", "oauth2", "http_headers");

  private String text;
  private int column;

  private SecretMask(String text, int column) {
    this.text = text;
    this.column = column;
  }

  /**
   * A line that may be shown.
   *
   * @param text the line without secrets
   * @param column the column of the place in it, in UTF-16 units from 0
   */
  record MaskedLine(String text, int column) {}

  /**
   * Hides secrets in one line.
   *
   * @param lines the whole file, because a value may have several lines
   * @param index the index of the line
   * @param column the column of the place, in UTF-16 units from 0
   */
  static MaskedLine hide(List<String> lines, int index, int column) {
    SecretMask mask = new SecretMask(lines.get(index), column);
    if (continuesSecret(lines, index)) {
      int start = indent(mask.text);
      mask.hide(start, mask.text.length());
    } else {
      mask.hideValues();
      mask.hidePasswords();
    }
    return new MaskedLine(mask.text, mask.column);
  }

  /** Hides everything after the key at a place. */
  static MaskedLine hideValueOfKey(String line, int column) {
    Matcher key = KEY.matcher(line);
    boolean found = key.find(Math.min(column, line.length())) && key.start() == column;
    return found && key.end() < line.length()
        ? new MaskedLine(line.substring(0, key.end()) + "…", column)
        : new MaskedLine(line, column);
  }

  private static boolean isSecret(String key) {
    String name = key.toLowerCase(Locale.ROOT);
    if (NO_SECRET.stream().anyMatch(name::endsWith)) {
      return false;
    }
    return SECRET.stream().anyMatch(name::contains)
        || name.equals("key")
        || name.equals("proxy_connect_header")
        || name.endsWith("_key")
        || name.endsWith("-key");
  }

  private static int indent(String line) {
    int indent = 0;
    while (indent < line.length() && (line.charAt(indent) == ' ' || line.charAt(indent) == '\t')) {
      indent++;
    }
    return indent;
  }

  /** Returns the column of the first key of a line, after the dashes of lists. */
  private static int keyColumn(String line) {
    int column = indent(line);
    while (line.startsWith("- ", column)) {
      column += 1 + indent(line.substring(column + 1));
    }
    return column;
  }

  private static String lastKey(String line) {
    Matcher key = KEY.matcher(line);
    String last = "";
    while (key.find()) {
      last = key.group(1);
    }
    return last;
  }

  /**
   * Whether this line is part of the value of a secret's key, which is on a less indented line
   * above.
   */
  private static boolean continuesSecret(List<String> lines, int index) {
    int limit = indent(lines.get(index));
    boolean item = lines.get(index).startsWith("-", limit);
    for (int i = index - 1; i >= 0 && (limit > 0 || item); i--) {
      String line = lines.get(i);
      int indent = indent(line);
      if (line.isBlank() || (item ? indent > limit : indent >= limit)) {
        continue;
      }
      boolean sibling = line.startsWith("-", indent);
      if (item && indent == limit && sibling) {
        continue;
      }
      boolean parent = keyColumn(line) < limit || (item && keyColumn(line) == limit);
      if (parent && isSecret(lastKey(line))) {
        return true;
      }
      limit = indent;
      item = sibling;
    }
    return false;
  }

  private void hideValues() {
    Matcher key = KEY.matcher(text);
    int from = 0;
    while (key.find(from)) {
      int start = key.end();
      from = Math.max(start, key.start() + 1);
      boolean nested = start < text.length() && "{[|>&*".indexOf(text.charAt(start)) >= 0;
      boolean hidden = isSecret(key.group(1)) || (CONTAINERS.contains(key.group(1)) && !nested);
      if (hidden && start < text.length()) {
        hide(start, endOfValue(start));
        key = KEY.matcher(text);
        from = Math.min(text.length(), start + HIDDEN.length());
      }
    }
  }

  private int endOfValue(int start) {
    char first = text.charAt(start);
    if (first == '"' || first == '\'') {
      int close = text.indexOf(first, start + 1);
      return close < 0 ? text.length() : close + 1;
    }
    String before = text.substring(0, start);
    boolean flow =
        before.chars().filter(c -> c == '{').count() > before.chars().filter(c -> c == '}').count();
    if (first == '[' || first == '{') {
      int close = text.indexOf(first == '[' ? ']' : '}', start);
      return close < 0 ? text.length() : close + 1;
    }
    int end = start;
    while (end < text.length() && !(flow && ",}".indexOf(text.charAt(end)) >= 0)) {
      end++;
    }
    return end;
  }

  private void hidePasswords() {
    Matcher url = PASSWORD_IN_URL.matcher(text);
    int from = 0;
    while (url.find(from)) {
      int start = url.start(1);
      hide(start, url.end(1));
      url = PASSWORD_IN_URL.matcher(text);
      from = start + HIDDEN.length();
    }
  }

  private void hide(int start, int end) {
    text = text.substring(0, start) + HIDDEN + text.substring(end);
    if (column >= end) {
      column += HIDDEN.length() - (end - start);
    } else if (column > start) {
      column = start;
    }
  }
}
