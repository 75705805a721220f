package io.promdisco.providers.kubernetes.client.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Converts resource versions to numbers. A decimal number of at most 18 digits is that number; no
 * version is 0; any other text becomes a negative hash, which only allows checks for equality.
 */
final class ResourceVersions {
  private static final int DIGITS = 18;
  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private ResourceVersions() {}

  /** Returns the number for {@code text}. */
  static long of(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return of(bytes, 0, bytes.length);
  }

  /** Returns the number for the UTF-8 bytes of a version. */
  static long of(byte[] bytes, int from, int length) {
    if (length > DIGITS) {
      return hash(bytes, from, length);
    }
    long number = 0;
    for (int i = from; i < from + length; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return hash(bytes, from, length);
      }
      number = 10 * number + digit;
    }
    return number;
  }

  private static long hash(byte[] bytes, int from, int length) {
    long hash = OFFSET;
    for (int i = from; i < from + length; i++) {
      hash = (hash ^ (bytes[i] & 0xff)) * PRIME;
    }
    return hash | Long.MIN_VALUE;
  }
}
