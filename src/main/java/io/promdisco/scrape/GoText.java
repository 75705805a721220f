package io.promdisco.scrape;

/** How Go reads and writes small things, for messages that people compare with Prometheus's. */
final class GoText {
  private GoText() {}

  /** The text in double quotes, with escapes for what does not print. */
  static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(point -> appendQuoted(out, point));
    return out.append('"').toString();
  }

  private static void appendQuoted(StringBuilder out, int point) {
    switch (point) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (point >= ' ' && point != 0x7f && isPrintable(point)) {
          out.appendCodePoint(point);
        } else if (point < 0x80) {
          out.append(String.format("\\x%02x", point));
        } else if (point < 0x10000) {
          out.append(String.format("\\u%04x", point));
        } else {
          out.append(String.format("\\U%08x", point));
        }
      }
    }
  }

  private static boolean isPrintable(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> point == ' ';
      default -> true;
    };
  }

  /** Whether Go's {@code strconv.ParseBool} takes the text. */
  static boolean isBoolean(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False" -> true;
      default -> false;
    };
  }
}
