package io.promdisco.util;

import java.util.HexFormat;

/** Formats and parses values as Go does, for messages that people compare with Prometheus's. */
public final class GoFormatting {
  /** The maximum length of quoted text; Prometheus quotes all of it. */
  private static final int LONGEST = 500;

  private static final HexFormat HEX = HexFormat.of();

  private GoFormatting() {}

  /**
   * Returns the text in double quotes, with escapes for unprintable characters. Of a text of more
   * than 500 characters, it contains the first 500 and an ellipsis.
   */
  public static String quote(String text) {
    int end = Math.min(text.length(), LONGEST);
    if (end < text.length() && Character.isSurrogatePair(text.charAt(end - 1), text.charAt(end))) {
      end--;
    }
    StringBuilder out = new StringBuilder(end + 2).append('"');
    for (int at = 0; at < end; ) {
      int point = text.codePointAt(at);
      appendQuoted(out, point);
      at += Character.charCount(point);
    }
    return out.append(end < text.length() ? "…\"" : "\"").toString();
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
          out.append("\\x").append(HEX.toHexDigits(point, 2));
        } else if (point < 0x10000) {
          out.append("\\u").append(HEX.toHexDigits(point, 4));
        } else {
          out.append("\\U").append(HEX.toHexDigits(point, 8));
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

  /** Whether Go's {@code strconv.ParseBool} accepts the text. */
  public static boolean isBoolean(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False" -> true;
      default -> false;
    };
  }
}
