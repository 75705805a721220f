package io.promdisco.http.h2;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A failure of a stream or of its connection, by the error codes of RFC 9113, section 7. */
public final class Http2Exception extends IOException {
  private static final long serialVersionUID = 1;

  static final int NO_ERROR = 0;
  static final int PROTOCOL_ERROR = 1;
  static final int INTERNAL_ERROR = 2;
  static final int FLOW_CONTROL_ERROR = 3;
  static final int FRAME_SIZE_ERROR = 6;
  static final int REFUSED_STREAM = 7;
  static final int CANCEL = 8;
  static final int COMPRESSION_ERROR = 9;

  private static final String[] NAMES = {
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
  };

  private final int code;
  private final boolean unprocessed;

  private Http2Exception(int code, boolean unprocessed, String message) {
    super(message);
    this.code = code;
    this.unprocessed = unprocessed;
  }

  /** The other side does not keep to the protocol. */
  static Http2Exception broken(int code, String what) {
    return new Http2Exception(code, false, "not HTTP/2: " + what);
  }

  /** The other side has ended a stream. */
  static Http2Exception reset(int code) {
    return new Http2Exception(
        code, code == REFUSED_STREAM, "the server has ended the answer: " + name(code));
  }

  /** The other side closes the connection. */
  static Http2Exception goneAway(int code, boolean unprocessed) {
    return new Http2Exception(code, unprocessed, "the server closes the connection: " + name(code));
  }

  /** The connection closed before the request was sent, and why if that is known. */
  static Http2Exception closedUnanswered(@Nullable IOException why) {
    Http2Exception made = new Http2Exception(NO_ERROR, true, "closed before an answer came");
    if (why != null) {
      made.initCause(why);
    }
    return made;
  }

  private static String name(int code) {
    return code >= 0 && code < NAMES.length ? NAMES[code] : "error " + code;
  }

  int code() {
    return code;
  }

  /** Whether the server has certainly not begun to answer, so that the request may be repeated. */
  public boolean isUnprocessed() {
    return unprocessed;
  }
}
