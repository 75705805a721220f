package io.promdisco.sim;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes protobuf from the last byte to the first, so that the length of a message is known when it
 * is written, and nothing is measured twice. For one thread.
 */
final class ProtobufWriter {
  private static final int VARINT = 0;
  private static final int LENGTH = 2;

  private byte[] buffer = new byte[8192];
  private int start = buffer.length;

  /** Returns the number of bytes so far, which is a mark for {@link #message}. */
  int size() {
    return buffer.length - start;
  }

  byte[] toByteArray() {
    return Arrays.copyOfRange(buffer, start, buffer.length);
  }

  /** Makes a message of everything that was written since {@code mark}. */
  void message(int number, int mark) {
    varint(size() - mark);
    tag(number, LENGTH);
  }

  void string(int number, String value) {
    bytes(number, value.getBytes(StandardCharsets.UTF_8));
  }

  void bytes(int number, byte[] value) {
    raw(value);
    varint(value.length);
    tag(number, LENGTH);
  }

  void integer(int number, long value) {
    varint(value);
    tag(number, VARINT);
  }

  /** Writes bytes unchanged. */
  void raw(byte[] value) {
    reserve(value.length);
    start -= value.length;
    System.arraycopy(value, 0, buffer, start, value.length);
  }

  /** Writes a 32-bit number, most significant byte first. */
  void bigEndian(int value) {
    raw(
        new byte[] {
          (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
        });
  }

  private void tag(int number, int wireType) {
    varint(((long) number << 3) | wireType);
  }

  private void varint(long value) {
    int length = value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    reserve(length);
    start -= length;
    long rest = value;
    for (int i = 0; i < length - 1; i++) {
      buffer[start + i] = (byte) ((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    buffer[start + length - 1] = (byte) rest;
  }

  private void reserve(int more) {
    if (more > start) {
      int used = size();
      byte[] grown = new byte[Math.max(2 * buffer.length, used + more)];
      System.arraycopy(buffer, start, grown, grown.length - used, used);
      start = grown.length - used;
      buffer = grown;
    }
  }
}
