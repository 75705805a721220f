package io.promdisco.relabel;

import java.util.function.IntUnaryOperator;

/**
 * Converts to upper and lower case, one code point to one code point, independent of the language:
 * {@code ß} has no upper case, {@code İ} becomes {@code i}, and there is no final sigma.
 */
final class CaseMapping {
  private CaseMapping() {}

  /** Converts to lower case; returns the same string if nothing changes. */
  static String lower(String text) {
    return map(text, Character::toLowerCase);
  }

  /** Converts to upper case; returns the same string if nothing changes. */
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
