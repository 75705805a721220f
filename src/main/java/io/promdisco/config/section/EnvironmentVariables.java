package io.promdisco.config.section;

import java.util.function.UnaryOperator;

/** Replaces {@code $NAME} and {@code ${NAME}} in a text, as Go's {@code os.Expand} does. */
final class EnvironmentVariables {
  private static final String SPECIAL = "*#$@!?-0123456789";

  private EnvironmentVariables() {}

  /**
   * Returns the text with its variables replaced. {@code $$} becomes a dollar sign; a dollar sign
   * without a name remains.
   */
  static String expand(String text, UnaryOperator<String> values) {
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c != '$' || i + 1 == text.length()) {
        out.append(c);
        i++;
        continue;
      }
      int start = i + 1;
      int end = nameEnd(text, start);
      boolean braces = text.charAt(start) == '{';
      if (braces && end < 0) {
        i = start + 1; // Go drops an opening brace that is not closed.
      } else if (end == start) {
        out.append('$');
        i = start;
      } else {
        String name = braces ? text.substring(start + 1, end - 1) : text.substring(start, end);
        out.append(name.equals("$") ? "$" : name.isEmpty() ? "" : values.apply(name));
        i = end;
      }
    }
    return out.toString();
  }

  /**
   * Returns the end of the name that begins at {@code start}, including braces; -1 if it is not
   * closed.
   */
  private static int nameEnd(String text, int start) {
    char first = text.charAt(start);
    if (first == '{') {
      int brace = text.indexOf('}', start);
      return brace < 0 ? -1 : brace + 1;
    }
    if (SPECIAL.indexOf(first) >= 0) {
      return start + 1;
    }
    int end = start;
    while (end < text.length() && isNamePart(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isNamePart(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
