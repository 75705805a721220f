package io.promdisco.sim;

/** A fault in an answer. */
public sealed interface Fault {
  /**
   * An error status instead of the answer.
   *
   * @param code HTTP status
   * @param retryAfterSeconds the {@code Retry-After} header; 0 for none
   */
  record Status(int code, int retryAfterSeconds) implements Fault {}

  /**
   * An ERROR event in a watch, which then ends normally; for all other requests like {@link
   * Status}.
   *
   * @param code the code of the {@code Status} object in the event
   */
  record ErrorEvent(int code) implements Fault {}

  /**
   * The watch cache is being filled, as after a start of the server: watches, and lists without a
   * limit or with selectors, are rejected with status 429; other lists are answered (KEP-4568).
   *
   * @param retryAfterSeconds the {@code Retry-After} header
   */
  record CacheFilling(int retryAfterSeconds) implements Fault {}

  /**
   * A wrong content type.
   *
   * @param value the value of the header
   */
  record ContentType(String value) implements Fault {}

  /**
   * A slow answer.
   *
   * @param bytesPerSecond 0 for one byte at a time, each in a separate packet and chunk, at full
   *     speed
   */
  record Slow(int bytesPerSecond) implements Fault {}

  /** A broken answer. In a list, it breaks in the middle of the body. */
  enum Break implements Fault {
    /** The connection is closed before any answer. */
    HANG_UP,
    /** The connection is closed in the middle of a frame. */
    CUT,
    /** The connection is reset in the middle of a frame. */
    RESET,
    /** Invalid bytes instead of a frame; then the watch continues. */
    GARBAGE,
    /**
     * A length of 4 GB, of a protobuf frame or of a body, then nothing until healed. A JSON watch
     * sends a megabyte of a line that does not end.
     */
    HUGE,
    /** Nothing more and no end, until healed. */
    STALL,
    /**
     * A text within an object that does not end until healed or the client disconnects. Only in
     * JSON; protobuf sends a length first, so there it is like {@link #HUGE}.
     */
    ENDLESS
  }

  /**
   * Events that a correct server would not send like this. The first two apply to lists too: items
   * are sent twice, or in another order.
   */
  enum Disorder implements Fault {
    /** Every event is sent twice. */
    DUPLICATE,
    /** Every two events are sent in reverse order: the first waits for the second. */
    SWAP,
    /** ADDED is sent instead of MODIFIED. */
    ADDED_FOR_KNOWN,
    /** Before every event, the deletion of an object that never existed is sent. */
    DELETED_FOR_UNKNOWN,
    /** Bookmarks with resource version 1. */
    BOOKMARK_BACKWARDS
  }

  /** Returns an error status without {@code Retry-After}. */
  static Fault status(int code) {
    return new Status(code, 0);
  }
}
