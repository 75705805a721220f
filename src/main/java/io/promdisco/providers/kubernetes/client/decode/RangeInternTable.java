package io.promdisco.providers.kubernetes.client.decode;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Values made of a whole range of encoded bytes (a label map, a port list), so that a repeated
 * range need not be decoded again. Holds at most 8,192 ranges of at most 1 KiB. Safe for all
 * threads.
 */
final class RangeInternTable<V> extends InternTable<RangeInternTable.Entry<V>> {
  private static final int FIRST = 1 << 8;
  private static final int LARGEST = 1 << 13;
  private static final int LONGEST = 1024;

  /** A value and the bytes it was made of, which nobody changes. */
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

  /** The hash of a range to look up; 0 for one that is too long to be held. */
  static int key(byte[] bytes, int from, int length) {
    return length > LONGEST ? 0 : hash(bytes, from, length);
  }

  /** The value made of these bytes, whose {@link #key} is given, or null if none is held. */
  @Nullable V get(int hash, byte[] bytes, int from, int length) {
    Entry<V> entry = hash == 0 ? null : find(hash, bytes, from, length);
    return entry == null ? null : entry.value;
  }

  /** Holds {@code value} if its bytes have been offered before. */
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
