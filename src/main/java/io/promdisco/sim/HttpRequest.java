package io.promdisco.sim;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request.
 *
 * @param method as {@code GET}
 * @param path decoded
 * @param rawQuery as sent; may be empty
 * @param query decoded; of several the last
 * @param headers by name in lower case
 * @param body as UTF-8; may be empty
 */
record HttpRequest(
    String method,
    String path,
    String rawQuery,
    Map<String, String> query,
    Map<String, String> headers,
    String body) {
  private static final int MOST_HEADER_BYTES = 64 * 1024;
  private static final int MOST_BODY_BYTES = 16 * 1024 * 1024;

  /** Sends the go-ahead that some clients wait for before the body. */
  interface Continue {
    void send() throws IOException;
  }

  /**
   * Reads a request; null: the client has closed.
   *
   * @throws IOException if it is none, or breaks off
   */
  static @Nullable HttpRequest read(InputStream in, Continue goAhead) throws IOException {
    int[] budget = {MOST_HEADER_BYTES};
    String start = line(in, budget);
    while (start != null && start.isEmpty()) {
      start = line(in, budget);
    }
    if (start == null) {
      return null;
    }
    String[] words = start.split(" ");
    if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
      throw new IOException("request line: " + start + " (expected: METHOD TARGET HTTP/1.1)");
    }
    Map<String, String> headers = headers(in, budget);
    if (headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
      goAhead.send();
    }
    return of(words[0], words[1], headers, body(in, headers));
  }

  /**
   * Of its parts.
   *
   * @param target path and query, as sent
   * @throws IOException if the target is none
   */
  static HttpRequest of(String method, String target, Map<String, String> headers, byte[] body)
      throws IOException {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    String rawQuery = mark < 0 ? "" : target.substring(mark + 1);
    return new HttpRequest(
        method,
        decoded(path.replace("+", "%2B")),
        rawQuery,
        query(rawQuery),
        headers,
        new String(body, StandardCharsets.UTF_8));
  }

  private static Map<String, String> headers(InputStream in, int[] budget) throws IOException {
    Map<String, String> headers = new HashMap<>();
    while (true) {
      String line = line(in, budget);
      if (line == null) {
        throw new EOFException("headers: broken off");
      }
      if (line.isEmpty()) {
        return headers;
      }
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new IOException("header: " + line + " (expected: Name: value)");
      }
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
  }

  private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      return chunkedBody(in);
    }
    String length = headers.getOrDefault("content-length", "0");
    try {
      return exactly(in, Integer.parseInt(length));
    } catch (NumberFormatException e) {
      throw new IOException("Content-Length: " + length + " (expected: a number of bytes)", e);
    }
  }

  private static byte[] chunkedBody(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = line(in, new int[] {MOST_HEADER_BYTES});
      if (size == null) {
        throw new EOFException("body: broken off");
      }
      int length;
      try {
        length = Integer.parseInt(size.split(";")[0].strip(), 16);
      } catch (NumberFormatException e) {
        throw new IOException("chunk: " + size + " (expected: its length)", e);
      }
      if (length > 0) {
        body.write(exactly(in, length));
      }
      if (body.size() > MOST_BODY_BYTES) {
        throw new IOException("body: more than " + MOST_BODY_BYTES + " bytes");
      }
      line(in, new int[] {MOST_HEADER_BYTES});
      if (length == 0) {
        return body.toByteArray();
      }
    }
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    if (length < 0 || length > MOST_BODY_BYTES) {
      throw new IOException("body: " + length + " bytes (expected: 0 to " + MOST_BODY_BYTES + ")");
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("body: broken off");
    }
    return body;
  }

  /** A line without its end; null: the stream has ended. */
  private static @Nullable String line(InputStream in, int[] budget) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        if (line.length() > 0) {
          throw new EOFException("request: broken off");
        }
        return null;
      }
      if (--budget[0] < 0) {
        throw new IOException("headers: more than " + MOST_HEADER_BYTES + " bytes");
      }
      line.append((char) b);
    }
    int length = line.length();
    return length > 0 && line.charAt(length - 1) == '\r'
        ? line.substring(0, length - 1)
        : line.toString();
  }

  private static Map<String, String> query(String raw) throws IOException {
    Map<String, String> query = new HashMap<>();
    for (String pair : raw.split("&")) {
      if (!pair.isEmpty()) {
        int sign = pair.indexOf('=');
        String name = sign < 0 ? pair : pair.substring(0, sign);
        query.put(decoded(name), sign < 0 ? "" : decoded(pair.substring(sign + 1)));
      }
    }
    return query;
  }

  private static String decoded(String text) throws IOException {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IOException("URL: " + text + " (expected: percent encoding)", e);
    }
  }

  /** A header; empty if there is none. */
  String header(String lowerCaseName) {
    return headers.getOrDefault(lowerCaseName, "");
  }

  /** A parameter; empty if there is none. */
  String parameter(String name) {
    return query.getOrDefault(name, "");
  }

  /** Whether a parameter says yes, as Go's {@code strconv.ParseBool} has it. */
  boolean flag(String name) {
    String value = parameter(name);
    return value.equals("1") || value.equalsIgnoreCase("t") || value.equalsIgnoreCase("true");
  }
}
