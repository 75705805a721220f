package io.promdisco.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes one answer over HTTP/1.1 apart (RFC 9112). What it gives of the body lies where it was read
 * to; nothing is copied. For one thread.
 */
final class Http1Answer {
  /** The longest head, and the longest trailers. */
  static final int LONGEST_HEAD = 64 << 10;

  /** The longest line that says how long a chunk is. */
  private static final int LONGEST_SIZE = 1 << 10;

  private static final int MOST_DIGITS = 15;
  private static final int BUFFER = 64 << 10;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int end;

  private int code;
  private final Map<String, String> headers = new HashMap<>();

  private boolean inChunks;
  private boolean chunkBegun;
  private boolean untilClosed;
  private long left; // of the body, or of the chunk

  /** The answer that {@code in} gives. */
  Http1Answer(InputStream in) {
    this.in = in;
  }

  /** Reads until the body begins; once. */
  void readHead() throws IOException {
    do {
      headers.clear();
      readOneHead();
    } while (code >= 100 && code < 200 && code != 101); // More follows those.
    String coding = headers.get("transfer-encoding");
    if (code == 204 || code == 304) {
      return;
    }
    if (coding != null) {
      if (!coding.equalsIgnoreCase("chunked")) {
        throw new IOException("transfer encoding " + coding + " (expected chunked)");
      }
      inChunks = true;
    } else {
      String length = headers.get("content-length");
      untilClosed = length == null;
      left = length == null ? Long.MAX_VALUE : length(length);
    }
  }

  private void readOneHead() throws IOException {
    int room = LONGEST_HEAD;
    String status = line(room);
    code = code(status);
    room -= status.length();
    String line = line(room);
    while (!line.isEmpty()) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("a header without a colon");
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).strip();
      String other = headers.putIfAbsent(name, value);
      if (other != null && isFraming(name) && !other.equals(value)) {
        throw new IOException("two different headers " + name);
      }
      room -= line.length();
      line = line(room);
    }
  }

  private static boolean isFraming(String name) {
    return name.equals("content-length") || name.equals("transfer-encoding");
  }

  private static int code(String status) throws IOException {
    boolean isHttp =
        status.length() >= 12 && status.startsWith("HTTP/1.") && status.charAt(8) == ' ';
    int code = 0;
    for (int i = 9; isHttp && i < 12; i++) {
      int digit = status.charAt(i) - '0';
      isHttp = digit >= 0 && digit <= 9;
      code = 10 * code + digit;
    }
    if (!isHttp || code < 100) {
      throw new IOException("its answer is not HTTP");
    }
    return code;
  }

  private static long length(String text) throws IOException {
    boolean isNumber = !text.isEmpty() && text.length() <= MOST_DIGITS;
    for (int i = 0; isNumber && i < text.length(); i++) {
      isNumber = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    if (!isNumber) {
      throw new IOException("content-length " + text + " (expected a number of bytes)");
    }
    return Long.parseLong(text);
  }

  /** The status. */
  int code() {
    return code;
  }

  /**
   * A header's first value, or the empty string.
   *
   * @param name in lower case
   */
  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /** The next piece of the body, which stays as it is until the next call, or null at the end. */
  @Nullable ByteBuffer next() throws IOException {
    if (inChunks && left == 0) {
      beginChunk();
    }
    if (left == 0) {
      return null;
    }
    if (at == end && !fill()) {
      if (untilClosed) {
        left = 0;
        return null;
      }
      throw closed();
    }
    int part = (int) Math.min(left, end - at);
    ByteBuffer piece = ByteBuffer.wrap(buffer, at, part);
    at += part;
    if (!untilClosed) {
      left -= part;
    }
    return piece;
  }

  private void beginChunk() throws IOException {
    if (chunkBegun && (read() != '\r' || read() != '\n')) {
      throw new IOException("a chunk is longer than it says");
    }
    chunkBegun = true;
    left = chunkSize();
    if (left == 0) {
      inChunks = false;
      int room = LONGEST_HEAD;
      for (String trailer = line(room); !trailer.isEmpty(); trailer = line(room)) {
        room -= trailer.length();
      }
    }
  }

  private long chunkSize() throws IOException {
    long size = 0;
    int digits = 0;
    boolean complete = false; // The rest of the line tells us nothing.
    for (int i = 0; i < LONGEST_SIZE; i++) {
      byte b = read();
      if (b == '\n') {
        if (digits == 0) {
          break;
        }
        return size;
      }
      complete |= b == '\r' || b == ';' || b == ' ' || b == '\t';
      if (!complete) {
        int digit = Character.digit(b, 16);
        digits++;
        if (digit < 0 || digits > MOST_DIGITS) {
          break;
        }
        size = size << 4 | digit;
      }
    }
    throw new IOException("the size of a chunk cannot be read (expected hexadecimal digits)");
  }

  /** A line of at most {@code longest} bytes, without its end. */
  private String line(int longest) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte b = read(); b != '\n'; b = read()) {
      if (bytes.size() >= longest) {
        throw new IOException("its head does not end after " + LONGEST_HEAD + " bytes");
      }
      bytes.write(b);
    }
    String line = bytes.toString(ISO_8859_1);
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private byte read() throws IOException {
    if (at == end && !fill()) {
      throw closed();
    }
    return buffer[at++];
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  private static EOFException closed() {
    return new EOFException("closed");
  }
}
