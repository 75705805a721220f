package io.promdisco.providers.refresh;

import java.io.IOException;
import java.time.Duration;

/** Thrown if the source has no answer yet and says when to retry. */
public final class RetryLaterException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Duration pause;

  /**
   * Creates an exception.
   *
   * @param message what is wrong, why, and what to do, in one line without secrets
   * @param pause from the answer to the next request; used if it is shorter than the configured
   *     interval; at least 1 s
   */
  public RetryLaterException(String message, Duration pause) {
    super(message);
    this.pause = pause;
  }

  /** The pause that the source requests. */
  public Duration pause() {
    return pause;
  }
}
