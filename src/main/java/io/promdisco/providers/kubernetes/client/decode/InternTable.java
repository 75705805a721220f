package io.promdisco.providers.kubernetes.client.decode;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A bounded table of immutable values by the bytes from which they are decoded, so that equal
 * values are stored once and a repeated value needs no allocation.
 *
 * <p>A value is added only when its bytes occur for the second time, so that values that occur once
 * do not displace frequent ones. A full table drops old entries.
 *
 * <p>Safe for all threads. Slots are read and written without a lock: an entry is immutable and is
 * compared with the bytes before it is used, so the worst effect of a lost or late write is a
 * second copy of a value.
 */
abstract class InternTable<E> {
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
  private static final int PROBES = 4;

  private static final class Slots {
    final @Nullable Object[] entries;
    final int[] seen;

    Slots(int size) {
      entries = new Object[size];
      seen = new int[size];
    }

    boolean place(int hash, Object entry) {
      int mask = entries.length - 1;
      for (int i = 0; i < PROBES; i++) {
        int at = (hash + i) & mask;
        if (entries[at] == null) {
          entries[at] = entry;
          return true;
        }
      }
      return false;
    }
  }

  private final Object growing = new Object();
  private final int largest;
  private volatile Slots slots;

  /**
   * Creates a table of {@code first} slots that grows to {@code largest}; both are powers of two.
   */
  InternTable(int first, int largest) {
    this.largest = largest;
    this.slots = new Slots(first);
  }

  /** Whether {@code entry} was decoded from the bytes. */
  abstract boolean matches(E entry, byte[] bytes, int from, int length);

  /** Returns the hash of the bytes of {@code entry}. */
  abstract int hashOf(E entry);

  /** Returns the hash of {@code length} bytes. */
  static int hash(byte[] bytes, int from, int length) {
    long h = length * MULTIPLIER;
    int at = from;
    int end = from + length;
    for (; at + 8 <= end; at += 8) {
      h = mix(h, word(bytes, at));
    }
    long tail = 0;
    for (int shift = 0; at < end; at++, shift += 8) {
      tail |= (bytes[at] & 0xffL) << shift;
    }
    return fold(mix(h, tail));
  }

  /** Not a VarHandle, which is slow until it is compiled, and most work is done before that. */
  private static long word(byte[] b, int at) {
    return (int32(b, at) & 0xffffffffL) | (long) int32(b, at + 4) << 32;
  }

  private static int int32(byte[] b, int at) {
    return (b[at] & 0xff) | (b[at + 1] & 0xff) << 8 | (b[at + 2] & 0xff) << 16 | b[at + 3] << 24;
  }

  /** Returns the hash of the bytes of {@code text}, which is ASCII. */
  static int hash(String text) {
    int length = text.length();
    long h = length * MULTIPLIER;
    int at = 0;
    while (at + 8 <= length) {
      h = mix(h, word(text, at, 8));
      at += 8;
    }
    return fold(mix(h, word(text, at, length - at)));
  }

  private static long word(String text, int from, int count) {
    long word = 0;
    for (int i = 0; i < count; i++) {
      word |= (text.charAt(from + i) & 0xffL) << (8 * i);
    }
    return word;
  }

  private static long mix(long h, long word) {
    long mixed = (h ^ word) * MULTIPLIER;
    return mixed ^ (mixed >>> 29);
  }

  private static int fold(long h) {
    int folded = (int) (h ^ (h >>> 32));
    return folded == 0 ? 1 : folded;
  }

  /** Returns the entry for the bytes, or null. */
  @SuppressWarnings("unchecked") // only put() writes, and it writes an E
  final @Nullable E find(int hash, byte[] bytes, int from, int length) {
    @Nullable Object[] entries = slots.entries;
    int mask = entries.length - 1;
    for (int i = 0; i < PROBES; i++) {
      Object entry = entries[(hash + i) & mask];
      if (entry != null && matches((E) entry, bytes, from, length)) {
        return (E) entry;
      }
    }
    return null;
  }

  /** Whether this hash was asked for before. From now on it was. */
  final boolean seenBefore(int hash) {
    int[] seen = slots.seen;
    int at = (hash >>> 9) & (seen.length - 1);
    if (seen[at] == hash) {
      return true;
    }
    seen[at] = hash;
    return false;
  }

  /** Adds {@code entry}, replacing another one if necessary. */
  final void put(int hash, E entry) {
    Slots current = slots;
    if (!current.place(hash, entry)) {
      current = roomier(current.entries.length);
      if (!current.place(hash, entry)) {
        current.entries[(hash + (hash >>> 30)) & (current.entries.length - 1)] = entry;
      }
    }
  }

  /** Returns the slots, doubled if there are still {@code size} of them and more are allowed. */
  @SuppressWarnings("unchecked") // only put() writes, and it writes an E
  private Slots roomier(int size) {
    synchronized (growing) {
      Slots old = slots;
      if (old.entries.length > size || size == largest) {
        return old;
      }
      Slots wide = new Slots(2 * size);
      for (Object entry : old.entries) {
        if (entry != null) {
          var unused =
              wide.place(hashOf((E) entry), entry); // An entry without a free slot is dropped.
        }
      }
      System.arraycopy(old.seen, 0, wide.seen, 0, size);
      System.arraycopy(old.seen, 0, wide.seen, size, size);
      slots = wide;
      return wide;
    }
  }

  /** Returns the number of entries, for tests. */
  final int size() {
    return (int) Arrays.stream(slots.entries).filter(entry -> entry != null).count();
  }
}
