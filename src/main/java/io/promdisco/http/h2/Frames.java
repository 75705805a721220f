package io.promdisco.http.h2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** Writes frames (RFC 9113, section 6). */
final class Frames {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int ACK = 1;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  static final int PADDED = 8;
  static final int WITH_PRIORITY = 0x20;

  static final int ENABLE_PUSH = 2;
  static final int MAX_CONCURRENT_STREAMS = 3;
  static final int INITIAL_WINDOW_SIZE = 4;
  static final int MAX_FRAME_SIZE = 5;

  /** The largest frame that every server takes. */
  static final int SENT_AT_MOST = 16384;

  static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int NEVER_INDEXED = 0x10; // not to be kept in tables on the way (RFC 7541)

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** What has been put together. */
  byte[] bytes() {
    return out.toByteArray();
  }

  /** What a connection begins with. */
  Frames preface() {
    out.writeBytes(PREFACE.getBytes(ISO_8859_1));
    return this;
  }

  /** Identifiers and values in turns. */
  Frames settings(int... pairs) {
    head(pairs.length * 3, SETTINGS, 0, 0);
    for (int i = 0; i < pairs.length; i += 2) {
      out.write(pairs[i] >> 8);
      out.write(pairs[i]);
      number(pairs[i + 1]);
    }
    return this;
  }

  Frames settingsAck() {
    return head(0, SETTINGS, ACK, 0);
  }

  Frames windowUpdate(int stream, int more) {
    head(4, WINDOW_UPDATE, 0, stream);
    return number(more);
  }

  Frames reset(int stream, int code) {
    head(4, RST_STREAM, 0, stream);
    return number(code);
  }

  Frames ping(int flags, byte[] opaque) {
    head(8, PING, flags, 0);
    out.write(opaque, 0, 8);
    return this;
  }

  Frames goAway(int code) {
    head(8, GOAWAY, 0, 0);
    number(0); // the last stream of the other side's that counts; a server opens none
    return number(code);
  }

  /** A request or an answer without a body. */
  Frames headers(int stream, List<Field> fields) {
    return headers(stream, fields, true);
  }

  /** The head of a request or of an answer. */
  Frames headers(int stream, List<Field> fields, boolean endStream) {
    byte[] block = block(fields);
    int at = 0;
    do {
      int length = Math.min(SENT_AT_MOST, block.length - at);
      boolean first = at == 0;
      int flags =
          (first && endStream ? END_STREAM : 0) | (at + length == block.length ? END_HEADERS : 0);
      head(length, first ? HEADERS : CONTINUATION, flags, stream);
      out.write(block, at, length);
      at += length;
    } while (at < block.length);
    return this;
  }

  Frames data(int stream, byte[] bytes, int from, int length, boolean endStream) {
    head(length, DATA, endStream ? END_STREAM : 0, stream);
    out.write(bytes, from, length);
    return this;
  }

  private static byte[] block(List<Field> fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (Field field : fields) {
      block.write(NEVER_INDEXED);
      text(block, field.name());
      text(block, field.value());
    }
    return block.toByteArray();
  }

  private static void text(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    int rest = bytes.length;
    if (rest < 0x7f) {
      block.write(rest);
    } else {
      block.write(0x7f);
      for (rest -= 0x7f; rest >= 0x80; rest >>>= 7) {
        block.write(rest | 0x80);
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  private Frames head(int length, int type, int flags, int stream) {
    out.write(length >> 16);
    out.write(length >> 8);
    out.write(length);
    out.write(type);
    out.write(flags);
    return number(stream);
  }

  private Frames number(int value) {
    out.write(value >> 24);
    out.write(value >> 16);
    out.write(value >> 8);
    out.write(value);
    return this;
  }
}
