package io.promdisco.http.h2;

import static io.promdisco.http.h2.Http2Exception.FRAME_SIZE_ERROR;
import static io.promdisco.http.h2.Http2Exception.PROTOCOL_ERROR;

import java.util.Arrays;

/**
 * Takes the bytes of a connection apart into frames (RFC 9113, section 4). The content of DATA
 * frames is passed on as it comes, that of others when it is complete. For one thread.
 */
final class FrameReader {
  /** The longest content of a frame that a server may send; it is told so. */
  static final int LONGEST = 128 << 10;

  private static final int HEAD = 9;

  /** Takes what the frames hold. */
  interface Sink {
    /** Content of a DATA frame. The bytes may change after the call. */
    void data(int stream, byte[] bytes, int from, int length) throws Http2Exception;

    /**
     * A DATA frame is complete.
     *
     * @param padding bytes of it that were no content
     */
    void dataEnded(int stream, int padding, boolean endStream) throws Http2Exception;

    /** A whole frame that is no DATA frame. The bytes may change after the call. */
    void frame(int type, int flags, int stream, byte[] content, int length) throws Http2Exception;
  }

  private final Sink sink;
  private final byte[] head = new byte[HEAD];
  private int headHave;
  private byte[] content = new byte[64];
  private int contentHave;

  private int length; // of the frame's content
  private int left; // of it to come
  private int type;
  private int flags;
  private int stream;
  private boolean paddingUnknown;
  private int padding;

  FrameReader(Sink sink) {
    this.sink = sink;
  }

  /** Takes {@code count} bytes from {@code from} on. */
  void feed(byte[] bytes, int from, int count) throws Http2Exception {
    int at = from;
    int end = from + count;
    while (at < end) {
      if (headHave < HEAD) {
        int part = Math.min(HEAD - headHave, end - at);
        System.arraycopy(bytes, at, head, headHave, part);
        headHave += part;
        at += part;
        if (headHave < HEAD) {
          return;
        }
        begin();
      } else if (type == Frames.DATA) {
        at += takeData(bytes, at, end);
      } else {
        int part = Math.min(left, end - at);
        keep(bytes, at, part);
        left -= part;
        at += part;
      }
      if (left == 0) {
        complete();
      }
    }
  }

  private void begin() throws Http2Exception {
    length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
    type = head[3] & 0xff;
    flags = head[4] & 0xff;
    stream = number(head, 5) & 0x7fffffff;
    if (length > LONGEST) {
      throw Http2Exception.broken(FRAME_SIZE_ERROR, "a frame of " + length + " bytes");
    }
    left = length;
    contentHave = 0;
    padding = 0;
    paddingUnknown = type == Frames.DATA && (flags & Frames.PADDED) != 0;
    if (paddingUnknown && length == 0) {
      throw Http2Exception.broken(PROTOCOL_ERROR, "padding that is longer than its frame");
    }
  }

  /** Takes what belongs to the DATA frame of now; returns how many bytes that were. */
  private int takeData(byte[] bytes, int at, int end) throws Http2Exception {
    if (paddingUnknown) {
      paddingUnknown = false;
      left--;
      padding = (bytes[at] & 0xff) + 1; // with its length
      if (padding > length) {
        throw Http2Exception.broken(PROTOCOL_ERROR, "padding that is longer than its frame");
      }
      return 1;
    }
    int unpadded = left - Math.max(0, padding - 1);
    if (unpadded <= 0) {
      int part = Math.min(left, end - at);
      left -= part;
      return part;
    }
    int part = Math.min(unpadded, end - at);
    sink.data(stream, bytes, at, part);
    left -= part;
    return part;
  }

  private void keep(byte[] bytes, int at, int part) {
    if (content.length < contentHave + part) {
      content = Arrays.copyOf(content, Math.max(contentHave + part, 2 * content.length));
    }
    System.arraycopy(bytes, at, content, contentHave, part);
    contentHave += part;
  }

  private void complete() throws Http2Exception {
    headHave = 0;
    if (type == Frames.DATA) {
      sink.dataEnded(stream, padding, (flags & Frames.END_STREAM) != 0);
    } else {
      sink.frame(type, flags, stream, content, contentHave);
    }
  }

  /** Four bytes as a number. */
  static int number(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }
}
