package io.promdisco.providers.kubernetes.client.decode;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Values that are decoded from a whole range of bytes (a label map, a port list), so that a
 * repeated range need not be decoded again. Contains at most 8,192 ranges of at most 1 KiB. Safe
 * for all threads.
 */
final class RangeInternTable<V> extends InternTable<RangeInternTable.Entry<V>> {
  private static final int FIRST = 1 << 8;
  private static final int LARGEST = 1 << 13;
  private static final int LONGEST = 1024;

  /** A value and the bytes from which it was decoded, which must not be changed. */
  static final class Entry<V> {
    private final byte[] key;
    private final V value;

    Entry(byte[] key, V value) {
      this.key = key;
      this.value = value;
    }
  }

  RangeInternTable() {
    super(FIRST, LARGEST);
  }

  /** Returns the hash of a range; 0 for one that is too long to be stored. */
  static int key(byte[] bytes, int from, int length) {
    return length > LONGEST ? 0 : hash(bytes, from, length);
  }

  /**
   * Returns the value for these bytes, whose {@link #key} is given, or null if it is not stored.
   */
  @Nullable V get(int hash, byte[] bytes, int from, int length) {
    Entry<V> entry = hash == 0 ? null : find(hash, bytes, from, length);
    return entry == null ? null : entry.value;
  }

  /** Stores {@code value} if its bytes were offered before. */
  void offer(int hash, byte[] bytes, int from, int length, V value) {
    if (hash != 0 && seenBefore(hash)) {
      put(hash, new Entry<>(Arrays.copyOfRange(bytes, from, from + length), value));
    }
  }

  @Override
  boolean matches(Entry<V> entry, byte[] bytes, int from, int length) {
    byte[] key = entry.key;
    return Arrays.equals(key, 0, key.length, bytes, from, from + length);
  }

  @Override
  int hashOf(Entry<V> entry) {
    return hash(entry.key, 0, entry.key.length);
  }
}
