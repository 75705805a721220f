package io.promdisco.relabel;

import java.util.function.IntUnaryOperator;

/** Upper and lower case, one code point for one code point, whatever the language. */
final class Case {
  private Case() {}

  static String lower(String text) {
    return map(text, Character::toLowerCase);
  }

  static String upper(String text) {
    return map(text, Character::toUpperCase);
  }

  private static String map(String text, IntUnaryOperator mapping) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      out.appendCodePoint(mapping.applyAsInt(c));
      i += Character.charCount(c);
    }
    return out.toString();
  }
}
