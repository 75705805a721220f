package io.promdisco.server;

/** A request that is answered with an error of the one who asks. */
final class RequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final int retryAfter;

  /**
   * With what is told to the one who asks.
   *
   * @param status 400 to 499, or 503
   */
  RequestException(int status, String message) {
    this(status, message, 0);
  }

  /**
   * With what is told to the one who asks.
   *
   * @param retryAfter seconds after which to ask again; 0: asking again does not help
   */
  RequestException(int status, String message, int retryAfter) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /**
   * A refusal for now (503).
   *
   * @param retryAfter seconds after which to ask again
   */
  static RequestException unavailable(String message, int retryAfter) {
    return new RequestException(503, message, retryAfter);
  }

  int status() {
    return status;
  }

  /** Seconds after which to ask again; 0: asking again does not help. */
  int retryAfter() {
    return retryAfter;
  }
}
