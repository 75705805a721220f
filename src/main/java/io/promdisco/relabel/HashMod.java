package io.promdisco.relabel;

import com.google.common.primitives.Longs;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash of {@code hashmod}: the last eight bytes of the MD5 of the text, modulo a number. */
final class HashMod {
  private HashMod() {}

  static String of(String value, long modulus) {
    try {
      byte[] hash = MessageDigest.getInstance("MD5").digest(utf8(value));
      long last =
          Longs.fromBytes(
              hash[8], hash[9], hash[10], hash[11], hash[12], hash[13], hash[14], hash[15]);
      return Long.toUnsignedString(Long.remainderUnsigned(last, modulus));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM does not support MD5", e);
    }
  }

  /** Encodes in UTF-8 with U+FFFD for unpaired surrogates, as Prometheus would have read it. */
  private static byte[] utf8(String text) {
    StringBuilder whole = null;
    for (int i = 0; i < text.length(); i++) {
      int c = text.codePointAt(i);
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        whole = whole == null ? new StringBuilder(text) : whole;
        whole.setCharAt(i, '\uFFFD');
      } else {
        i += Character.charCount(c) - 1;
      }
    }
    return (whole == null ? text : whole.toString()).getBytes(StandardCharsets.UTF_8);
  }
}
