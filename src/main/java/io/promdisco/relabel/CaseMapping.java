package io.promdisco.relabel;

import java.util.function.IntUnaryOperator;

/**
 * Upper and lower case, one code point for one code point, whatever the language: {@code ß} has no
 * upper case, {@code İ} becomes {@code i}, no sigma is final.
 */
final class CaseMapping {
  private CaseMapping() {}

  /** In lower case; the same string if it is. */
  static String lower(String text) {
    return map(text, Character::toLowerCase);
  }

  /** In upper case; the same string if it is. */
  static String upper(String text) {
    return map(text, Character::toUpperCase);
  }

  private static String map(String text, IntUnaryOperator mapping) {
    int same = 0;
    while (same < text.length()) {
      int c = text.codePointAt(same);
      if (mapping.applyAsInt(c) != c) {
        break;
      }
      same += Character.charCount(c);
    }
    if (same == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length()).append(text, 0, same);
    for (int i = same; i < text.length(); ) {
      int c = text.codePointAt(i);
      out.appendCodePoint(mapping.applyAsInt(c));
      i += Character.charCount(c);
    }
    return out.toString();
  }
}
