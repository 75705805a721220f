package io.promdisco.server;

/** A request that is answered with an error of the one who asks. */
final class RequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * With what is told to the one who asks.
   *
   * @param status 400 to 499, or 503
   */
  RequestException(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }
}
