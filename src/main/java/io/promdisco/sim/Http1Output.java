package io.promdisco.sim;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Answers in HTTP/1.1. What is written may wait for a flush. */
final class Http1Output {
  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] NO_MORE = {'0', '\r', '\n', '\r', '\n'};

  /** As much as four records of TLS hold. */
  private static final int BUFFER = 1 << 16;

  private final OutputStream out;

  Http1Output(OutputStream out) {
    this.out = new BufferedOutputStream(out, BUFFER);
  }

  /** The head of an answer; {@code length} is that of the body, -1: in chunks. */
  void head(int status, Map<String, String> headers, long length) throws IOException {
    StringBuilder head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(status).append(' ').append(phrase(status)).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (length < 0) {
      head.append("Transfer-Encoding: chunked\r\n\r\n");
    } else {
      head.append("Content-Length: ").append(length).append("\r\n\r\n");
    }
    out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String phrase(int status) {
    return switch (status) {
      case 100 -> "Continue";
      case 200 -> "OK";
      case 201 -> "Created";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 406 -> "Not Acceptable";
      case 409 -> "Conflict";
      case 410 -> "Gone";
      case 415 -> "Unsupported Media Type";
      case 422 -> "Unprocessable Entity";
      case 429 -> "Too Many Requests";
      case 500 -> "Internal Server Error";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "Status";
    };
  }

  void goAhead() throws IOException {
    out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** A part of a body of known length. */
  void body(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  void chunk(byte[] bytes) throws IOException {
    if (bytes.length > 0) {
      out.write(Integer.toHexString(bytes.length).getBytes(StandardCharsets.ISO_8859_1));
      out.write(LINE_END);
      out.write(bytes);
      out.write(LINE_END);
    }
  }

  /** The end of a body in chunks. */
  void end() throws IOException {
    out.write(NO_MORE);
  }

  void flush() throws IOException {
    out.flush();
  }
}
