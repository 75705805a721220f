package io.promdisco.sim;

/** Something that can go wrong with an answer. */
public sealed interface Fault {
  /**
   * An error status in place of the answer.
   *
   * @param code HTTP status
   * @param retryAfterSeconds of the {@code Retry-After} header; 0: none
   */
  record Status(int code, int retryAfterSeconds) implements Fault {}

  /**
   * An ERROR event in a watch, which then ends in good order; for all other requests as {@link
   * Status}.
   *
   * @param code of the {@code Status} object in the event
   */
  record ErrorEvent(int code) implements Fault {}

  /**
   * The watch cache is being filled, as after a start of the server: watches, and lists without a
   * limit or with selectors, are refused with status 429; other lists are answered (KEP-4568).
   *
   * @param retryAfterSeconds of the {@code Retry-After} header
   */
  record CacheFilling(int retryAfterSeconds) implements Fault {}

  /**
   * Another content type than that of the answer.
   *
   * @param value of the header
   */
  record ContentType(String value) implements Fault {}

  /**
   * A slow answer.
   *
   * @param bytesPerSecond 0: one byte at a time, each in a packet and a chunk of its own, at full
   *     speed
   */
  record Slow(int bytesPerSecond) implements Fault {}

  /** An answer that breaks off or breaks apart. In a list it does so in the middle of the body. */
  enum Break implements Fault {
    /** The connection is closed before any answer. */
    HANG_UP,
    /** The connection is closed in the middle of a frame. */
    CUT,
    /** The connection is reset in the middle of a frame. */
    RESET,
    /** Bytes that mean nothing, in place of a frame; then it goes on. */
    GARBAGE,
    /**
     * A length of 4 GB, then nothing until healed: of a protobuf frame, or of a body; a JSON watch
     * sends a megabyte of a line that does not end.
     */
    HUGE,
    /** Nothing more and no end, until healed. */
    STALL,
    /**
     * A text within an object that goes on and on, until healed or the client hangs up. Only in
     * JSON; in protobuf, where a length comes first, as {@link #HUGE}.
     */
    ENDLESS
  }

  /**
   * Events that a good server would not send so. ListRequests have the first two: items twice and
   * in another order.
   */
  enum Disorder implements Fault {
    /** Every event twice. */
    DUPLICATE,
    /** Every two events in the other order: the first waits for the second. */
    SWAP,
    /** ADDED in place of MODIFIED. */
    ADDED_FOR_KNOWN,
    /** Before every event the deletion of an object that never was. */
    DELETED_FOR_UNKNOWN,
    /** Bookmarks with resource version 1. */
    BOOKMARK_BACKWARDS
  }

  /** An error status without {@code Retry-After}. */
  static Fault status(int code) {
    return new Status(code, 0);
  }
}
