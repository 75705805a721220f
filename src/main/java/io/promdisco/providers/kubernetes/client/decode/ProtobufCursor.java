package io.promdisco.providers.kubernetes.client.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/**
 * A cursor over one message in protobuf's wire format. {@link #open} narrows it to a message within
 * the message, {@link #close} widens it again. Every bound is checked: a malformed message ends
 * with an {@link IOException} that says what was read and at which byte. For one thread.
 */
final class ProtobufCursor {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  private String what = "";
  private byte[] bytes = new byte[0];
  private int start;
  private int at;
  private int end;

  /** The tag of a length-delimited field: a string, a message or a map entry. */
  static int bytesTag(int field) {
    return field << 3 | BYTES;
  }

  /** Moves to the message in {@code bytes} from {@code from} to {@code to}; names it in errors. */
  void reset(String what, byte[] bytes, int from, int to) {
    this.what = what;
    this.bytes = bytes;
    this.start = from;
    this.at = from;
    this.end = to;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Index of the next byte to read. */
  int at() {
    return at;
  }

  /** Moves to an index that {@link #at()} has returned before. */
  void moveTo(int index) {
    at = index;
  }

  /** The next tag, or 0 at the end of the message. */
  int tag() throws IOException {
    if (at >= end) {
      return 0;
    }
    int first = bytes[at];
    if (first > 7) { // One byte, as nearly always, and a field number that is not 0.
      at++;
      return first;
    }
    long tag = varint();
    if (tag >>> 3 == 0 || tag > 0xffffffffL) {
      throw malformed("no field tag");
    }
    return (int) tag;
  }

  long varint() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= end) {
        throw malformed("a number is cut off");
      }
      byte b = bytes[at++];
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw malformed("a number is longer than ten bytes");
  }

  int int32() throws IOException {
    return (int) varint();
  }

  boolean bool() throws IOException {
    return varint() != 0;
  }

  /** Reads the length of a string or message; the cursor then is at its first byte. */
  int length() throws IOException {
    long length = at < end && bytes[at] >= 0 ? bytes[at++] : varint();
    if (length < 0 || length > end - at) {
      throw malformed("a length of " + Long.toUnsignedString(length) + " runs past the end");
    }
    return (int) length;
  }

  /** Reads a string that is likely to be the only one of its kind. */
  String string() throws IOException {
    int length = length();
    String text = new String(bytes, at, length, UTF_8);
    at += length;
    return text;
  }

  /** Reads a string that is likely to be repeated. */
  String string(StringTable table) throws IOException {
    int length = length();
    String text = table.get(bytes, at, length);
    at += length;
    return text;
  }

  /** Narrows the cursor to the message that follows; give the result to {@link #close}. */
  int open() throws IOException {
    int length = length();
    int outer = end;
    end = at + length;
    return outer;
  }

  /** Goes to the end of the message within and widens the cursor to the outer one. */
  void close(int outer) {
    at = end;
    end = outer;
  }

  /** Skips what follows {@code tag}. */
  void skip(int tag) throws IOException {
    switch (tag & 7) {
      case VARINT -> varint();
      case FIXED_64 -> advance(8);
      case BYTES -> advance(length());
      case FIXED_32 -> advance(4);
      default -> throw malformed("wire type " + (tag & 7));
    }
  }

  private void advance(int count) throws IOException {
    if (count > end - at) {
      throw malformed("a field is cut off");
    }
    at += count;
  }

  /**
   * Skips further fields with {@code tag}, of which the first has just been read (the cursor is
   * behind its tag), and returns the index behind the last of them.
   */
  int skipRun(int tag) throws IOException {
    while (true) {
      skip(tag);
      int behind = at;
      if (tag() != tag) {
        at = behind;
        return behind;
      }
    }
  }

  IOException malformed(String problem) {
    return new IOException(
        what
            + ": not protobuf at byte "
            + (at - start)
            + " of "
            + (limit() - start)
            + ": "
            + problem);
  }

  private int limit() {
    return Math.max(end, at);
  }
}
