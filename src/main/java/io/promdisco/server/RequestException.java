package io.promdisco.server;

/** Thrown for a request that is answered with an error of the client. */
final class RequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final int retryAfter;

  /**
   * Creates an exception with the message for the client.
   *
   * @param status 400 to 499, or 503
   */
  RequestException(int status, String message) {
    this(status, message, 0);
  }

  /**
   * Creates an exception with the message for the client.
   *
   * @param retryAfter seconds after which to retry; 0 if a retry does not help
   */
  RequestException(int status, String message, int retryAfter) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /**
   * Returns a temporary error (503).
   *
   * @param retryAfter seconds after which to retry
   */
  static RequestException unavailable(String message, int retryAfter) {
    return new RequestException(503, message, retryAfter);
  }

  int status() {
    return status;
  }

  /** Seconds after which to retry; 0 if a retry does not help. */
  int retryAfter() {
    return retryAfter;
  }
}
