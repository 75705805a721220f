package io.promdisco.providers.kubernetes.client.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Frequent strings (label names and values, images, phases, node names), each stored once and found
 * by its UTF-8 bytes without making a String first. Contains at most 65,536 strings. Safe for all
 * threads.
 */
final class StringInternTable extends InternTable<String> {
  private static final int FIRST = 1 << 10;
  private static final int LARGEST = 1 << 16;
  private static final int LONGEST = 256;

  StringInternTable() {
    super(FIRST, LARGEST);
  }

  /** Returns the string for the bytes, which is the shared one if it exists. */
  String get(byte[] bytes, int from, int length) {
    if (length == 0) {
      return "";
    }
    if (length > LONGEST) {
      return new String(bytes, from, length, UTF_8);
    }
    int hash = hash(bytes, from, length);
    String shared = find(hash, bytes, from, length);
    if (shared != null) {
      return shared;
    }
    String made = new String(bytes, from, length, UTF_8);
    if (seenBefore(hash)) {
      put(hash, made);
    }
    return made;
  }

  /** Returns the shared string that equals {@code text}, or {@code text} itself. */
  String share(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      return text;
    }
    byte[] bytes = text.getBytes(UTF_8);
    int hash = hash(bytes, 0, bytes.length);
    String shared = find(hash, bytes, 0, bytes.length);
    if (shared != null) {
      return shared;
    }
    if (seenBefore(hash)) {
      put(hash, text);
    }
    return text;
  }

  /** Only ASCII matches: the bytes of longer UTF-8 sequences are negative and equal no char. */
  @Override
  boolean matches(String entry, byte[] bytes, int from, int length) {
    if (entry.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (entry.charAt(i) != bytes[from + i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  int hashOf(String entry) {
    return hash(entry);
  }
}
