package io.promdisco.util;

import java.util.regex.Pattern;

/**
 * Makes foreign text safe to show: characters that control a terminal or are invisible become
 * visible escapes. These are control characters (C0, DEL, C1), line and paragraph separators,
 * format characters (including bidirectional controls and zero-width ones), invisible letters,
 * variation selectors, unpaired surrogates, unassigned code points, and more than {@value
 * #MOST_MARKS} consecutive combining marks.
 *
 * <p>Escapes are {@code }, {@code \r}, {@code \t}, {@code \x1b}, {@code \u202e} and {@code
 * \U000e0041}. A backslash remains unchanged, so making a text printable twice has no further
 * effect.
 */
public final class PrintableText {
  private static final int MOST_MARKS = 8;
  private static final String CUT = "…";
  private static final Pattern LINE_BREAK = Pattern.compile("\\s*[\\r\\n]\\s*");

  /**
   * The first and last code point of each range of invisible characters that are not format
   * characters.
   */
  private static final int[] INVISIBLE = {
    0x034f, 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180f, 0x2065, 0x2065, 0x2800, 0x2800,
    0x3164, 0x3164, 0xfe00, 0xfe0f, 0xffa0, 0xffa0, 0xe0000, 0xe0fff
  };

  private PrintableText() {}

  /** Returns {@code text} with escapes; the same string if there is nothing to escape. */
  public static String of(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isPlain(text.charAt(i))) {
        return escaped(text, i, Integer.MAX_VALUE);
      }
    }
    return text;
  }

  /**
   * Returns the beginning of {@code text} with escapes.
   *
   * @param most the maximum number of characters, including escapes; {@code …} follows a shortened
   *     text
   */
  public static String brief(String text, int most) {
    int end = Math.min(text.length(), most);
    for (int i = 0; i < end; i++) {
      if (!isPlain(text.charAt(i))) {
        return escaped(text, i, most);
      }
    }
    return end == text.length() ? text : text.substring(0, end) + CUT;
  }

  /** Same as {@link #brief}, with a blank instead of each line break. */
  public static String line(String text, int most) {
    return brief(LINE_BREAK.matcher(text.strip()).replaceAll(" "), most);
  }

  /** As {@link #of} for each line of {@code text}: line feeds stay. */
  public static String lines(String text) {
    StringBuilder out = new StringBuilder(text.length());
    int from = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      out.append(of(text.substring(from, end))).append('\n');
      from = end + 1;
    }
    return out.append(of(text.substring(from))).toString();
  }

  private static boolean isPlain(char c) {
    return c >= ' ' && c < 0x7f;
  }

  private static String escaped(String text, int from, int most) {
    StringBuilder out = new StringBuilder(text.length() < most ? text.length() + 16 : most);
    out.append(text, 0, from);
    int marks = 0;
    for (int i = from; i < text.length(); ) {
      int c = text.codePointAt(i);
      int before = out.length();
      marks = isMark(c) ? marks + 1 : 0;
      if (isHidden(c) || marks > MOST_MARKS) {
        appendEscape(c, out);
      } else {
        out.appendCodePoint(c);
      }
      if (out.length() > most) {
        out.setLength(before);
        return out.append(CUT).toString();
      }
      i += Character.charCount(c);
    }
    return out.toString();
  }

  private static boolean isMark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
  }

  /** Whether a code point must be escaped, because it controls a terminal or is invisible. */
  public static boolean isHidden(int c) {
    if (c < 0x7f) {
      return c < ' ';
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          true;
      default -> isInvisible(c);
    };
  }

  private static boolean isInvisible(int c) {
    for (int i = 0; i < INVISIBLE.length && INVISIBLE[i] <= c; i += 2) {
      if (c <= INVISIBLE[i + 1]) {
        return true;
      }
    }
    return false;
  }

  private static void appendEscape(int c, StringBuilder out) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        int digits = c <= 0xff ? 2 : c <= 0xffff ? 4 : 8;
        out.append(digits == 2 ? "\\x" : digits == 4 ? "\\u" : "\\U");
        String hex = Integer.toHexString(c);
        out.append("0".repeat(digits - hex.length())).append(hex);
      }
    }
  }
}
