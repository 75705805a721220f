package io.promdisco.util;

import java.util.function.IntConsumer;

/** What strings are in UTF-8, where that differs from what Java makes of them. */
public final class Utf8Text {
  private Utf8Text() {}

  /** Orders as the UTF-8 bytes do, which is the order of code points. */
  public static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean bothOrNeither = Character.isSurrogate(x) == Character.isSurrogate(y);
        return bothOrNeither ? x - y : Character.isSurrogate(x) ? 1 : -1;
      }
    }
    return a.length() - b.length();
  }

  /** Whether {@code text} can be written in UTF-8: every surrogate has its other half. */
  public static boolean isEncodable(String text) {
    return firstLoneSurrogate(text, 0) < 0;
  }

  /** The text with U+FFFD for every surrogate that lacks its other half. */
  public static String encodable(String text) {
    int lone = firstLoneSurrogate(text, 0);
    if (lone < 0) {
      return text;
    }
    StringBuilder repaired = new StringBuilder(text);
    for (; lone >= 0; lone = firstLoneSurrogate(text, lone + 1)) {
      repaired.setCharAt(lone, '\ufffd');
    }
    return repaired.toString();
  }

  private static int firstLoneSurrogate(String text, int from) {
    int i = from;
    while (i < text.length()) {
      char c = text.charAt(i);
      boolean paired =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (Character.isSurrogate(c) && !paired) {
        return i;
      }
      i += paired ? 2 : 1;
    }
    return -1;
  }

  /** Calls {@code action} with each byte, 0 to 255, of one code point. */
  public static void forEachByte(int point, IntConsumer action) {
    if (point < 0x80) {
      action.accept(point);
    } else if (point < 0x800) {
      action.accept(0xc0 | (point >> 6));
      action.accept(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
      action.accept(0xe0 | (point >> 12));
      action.accept(0x80 | ((point >> 6) & 0x3f));
      action.accept(0x80 | (point & 0x3f));
    } else {
      action.accept(0xf0 | (point >> 18));
      action.accept(0x80 | ((point >> 12) & 0x3f));
      action.accept(0x80 | ((point >> 6) & 0x3f));
      action.accept(0x80 | (point & 0x3f));
    }
  }
}
