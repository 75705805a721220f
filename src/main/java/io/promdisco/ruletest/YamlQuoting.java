package io.promdisco.ruletest;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Writes texts so that every YAML reader reads them as the same texts. */
final class YamlQuoting {
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z_/]([A-Za-z0-9_./-]|:(?=[A-Za-z0-9_./-]))*|[0-9]+([.][0-9]+){3}");
  private static final Set<String> TYPED =
      Set.of("true", "false", "yes", "no", "on", "off", "y", "n", "null");

  private YamlQuoting() {}

  static String of(String text) {
    if (PLAIN.matcher(text).matches() && !TYPED.contains(text.toLowerCase(Locale.ROOT))) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
              } else if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE) {
                quoted.append(String.format("\\u%04x", c));
              } else {
                quoted.appendCodePoint(c);
              }
            });
    return quoted.append('"').toString();
  }
}
