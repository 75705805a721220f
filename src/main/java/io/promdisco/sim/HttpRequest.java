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
 * @param method for example {@code GET}
 * @param path the decoded path
 * @param rawQuery the query as sent; may be empty
 * @param query the decoded parameters; of several with one name, the last
 * @param headers the headers by name in lower case
 * @param body the body in UTF-8; may be empty
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

  /** Sends the {@code 100 Continue} for which some clients wait. */
  interface Continue {
    void send() throws IOException;
  }

  /**
   * Reads a request; returns null if the client has closed the connection.
   *
   * @throws IOException if it is malformed or incomplete
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
   * Creates a request from its parts.
   *
   * @param target path and query, as sent
   * @throws IOException if the target is malformed
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

  /** Reads a line without its line break; returns null at the end of the stream. */
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

  /** Returns a header; empty if there is none. */
  String header(String lowerCaseName) {
    return headers.getOrDefault(lowerCaseName, "");
  }

  /** Returns a parameter; empty if there is none. */
  String parameter(String name) {
    return query.getOrDefault(name, "");
  }

  /** Whether a parameter is true, as in Go's {@code strconv.ParseBool}. */
  boolean flag(String name) {
    String value = parameter(name);
    return value.equals("1") || value.equalsIgnoreCase("t") || value.equalsIgnoreCase("true");
  }
}
