package io.promdisco.providers.kubernetes.client.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/**
 * A cursor over one message in protobuf's wire format. {@link #open} narrows it to a nested
 * message; {@link #tag} widens it again at the end of that message. A tag is {@code field << 3 |
 * type}. Every bound is checked: for a malformed message, it throws an {@link IOException} that
 * says what was read and at which byte. For one thread.
 */
final class ProtobufCursor {
  /** The type of numbers and booleans. */
  static final int VARINT = 0;

  /** The type of strings, messages and map entries. */
  static final int BYTES = 2;

  private static final int FIXED_64 = 1;
  private static final int FIXED_32 = 5;
  private static final int DEEPEST = 16;

  private final StringInternTable strings;
  private final int[] outerEnds = new int[DEEPEST];
  private int depth;
  private String what = "";
  private byte[] bytes = new byte[0];
  private int start;
  private int at;
  private int end;

  /** Creates a cursor that stores repeated strings in {@code strings}. */
  ProtobufCursor(StringInternTable strings) {
    this.strings = strings;
  }

  /**
   * Moves to the message in {@code bytes} from {@code from} to {@code to}. {@code what} is its name
   * in errors.
   */
  void reset(String what, byte[] bytes, int from, int to) {
    this.what = what;
    this.bytes = bytes;
    this.start = from;
    this.at = from;
    this.end = to;
    this.depth = 0;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Returns the index of the next byte. */
  int at() {
    return at;
  }

  /** Moves to an index that {@link #at()} has returned. */
  void moveTo(int index) {
    at = index;
  }

  /** Returns the next tag, or 0 at the end of the innermost message, which it leaves. */
  int tag() throws IOException {
    if (at < end) {
      int first = bytes[at];
      if (first > 7) { // nearly always one byte, with a field number that is not 0
        at++;
        return first;
      }
      return longTag();
    }
    if (depth > 0) {
      end = outerEnds[--depth];
    }
    return 0;
  }

  private int longTag() throws IOException {
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

  /** Reads the length of a string or message, and moves to its first byte. */
  int length() throws IOException {
    long length = at < end && bytes[at] >= 0 ? bytes[at++] : varint();
    if (length < 0 || length > end - at) {
      throw malformed("a length of " + Long.toUnsignedString(length) + " exceeds the message");
    }
    return (int) length;
  }

  /** Reads a string that is probably unique. */
  String string() throws IOException {
    int length = length();
    String text = new String(bytes, at, length, UTF_8);
    at += length;
    return text;
  }

  /** Reads a string that is probably repeated. */
  String sharedString() throws IOException {
    int length = length();
    String text = strings.get(bytes, at, length);
    at += length;
    return text;
  }

  /** Narrows the cursor to the next message. */
  void open() throws IOException {
    int length = length();
    outerEnds[depth++] = end;
    end = at + length;
  }

  /**
   * Moves to the next field with the tag {@code wanted}. Returns false at the end of the innermost
   * message, which it leaves.
   */
  boolean find(int wanted) throws IOException {
    for (int tag = tag(); tag != 0; tag = tag()) {
      if (tag == wanted) {
        return true;
      }
      skip(tag);
    }
    return false;
  }

  /** Reads one string of the next message; empty if it is not set. */
  String stringOf(int wanted) throws IOException {
    String text = "";
    open();
    while (find(wanted)) {
      text = string();
    }
    return text;
  }

  /** Skips the value after {@code tag}. */
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
   * Skips further fields with {@code tag}, whose first tag was just read, and returns the index
   * after the last of them.
   */
  int skipRun(int tag) throws IOException {
    while (true) {
      skip(tag);
      int behind = at;
      if (at >= end || tag() != tag) {
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
            + (Math.max(end, at) - start)
            + ": "
            + problem);
  }
}
