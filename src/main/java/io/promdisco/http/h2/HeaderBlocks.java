package io.promdisco.http.h2;

import static io.promdisco.http.h2.Http2Exception.FRAME_SIZE_ERROR;
import static io.promdisco.http.h2.Http2Exception.PROTOCOL_ERROR;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Puts header fields together from a HEADERS frame and those that continue it (RFC 9113, sections
 * 6.2 and 6.10). For one thread.
 */
final class HeaderBlocks {
  /** The longest header block, compressed. */
  private static final int LONGEST = 128 << 10;

  /** Takes header fields that are complete. */
  interface Sink {
    /** All fields of a block; {@code endStream}: no body follows. */
    void fields(int stream, List<Field> fields, boolean endStream) throws Http2Exception;
  }

  private final Sink sink;
  private final HeaderDecoder decoder = new HeaderDecoder();
  private final ByteArrayOutputStream block = new ByteArrayOutputStream();
  private int stream; // whose block is under way; 0: none
  private boolean endStream;

  HeaderBlocks(Sink sink) {
    this.sink = sink;
  }

  /** To be called with any frame but CONTINUATION: none may come amidst a block. */
  void checkNone() throws Http2Exception {
    if (stream != 0) {
      throw Http2Exception.broken(PROTOCOL_ERROR, "a frame amidst header fields");
    }
  }

  /** Takes a HEADERS frame. */
  void begin(int flags, int id, byte[] content, int length) throws Http2Exception {
    int from = 0;
    int to = length;
    if ((flags & Frames.PADDED) != 0) {
      checkLength(length > 0);
      from = 1;
      to -= content[0] & 0xff;
    }
    if ((flags & Frames.WITH_PRIORITY) != 0) {
      from += 5;
    }
    checkLength(from <= length);
    if (from > to) {
      throw Http2Exception.broken(PROTOCOL_ERROR, "padding that is longer than its frame");
    }
    stream = id;
    endStream = (flags & Frames.END_STREAM) != 0;
    add(content, from, to - from, flags);
  }

  private static void checkLength(boolean right) throws Http2Exception {
    if (!right) {
      throw Http2Exception.broken(FRAME_SIZE_ERROR, "HEADERS of a wrong length");
    }
  }

  /** Takes a CONTINUATION frame. */
  void goOn(int flags, int id, byte[] content, int length) throws Http2Exception {
    if (stream == 0 || id != stream) {
      throw Http2Exception.broken(PROTOCOL_ERROR, "CONTINUATION of nothing");
    }
    add(content, 0, length, flags);
  }

  private void add(byte[] content, int from, int length, int flags) throws Http2Exception {
    if (block.size() + length > LONGEST) {
      throw Http2Exception.broken(PROTOCOL_ERROR, "header fields that do not end");
    }
    block.write(content, from, length);
    if ((flags & Frames.END_HEADERS) != 0) {
      List<Field> fields = decoder.decode(block.toByteArray(), block.size());
      block.reset();
      int complete = stream;
      stream = 0;
      sink.fields(complete, fields, endStream);
    }
  }
}
