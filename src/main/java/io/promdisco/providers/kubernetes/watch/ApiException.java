package io.promdisco.providers.kubernetes.watch;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if the API server rejects a request, or ends a watch with an ERROR event. All other
 * failures are other {@link IOException}s.
 */
public final class ApiException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String reason;
  private final transient @Nullable Duration retryAfter;

  /**
   * Creates an exception from what the server sent.
   *
   * @param code HTTP status or the code of the {@code Status} object
   * @param reason for example {@code Forbidden} or {@code Expired}; empty if not set
   * @param message text for people, without secrets
   * @param retryAfter from the header or {@code details.retryAfterSeconds}
   */
  public ApiException(int code, String reason, String message, @Nullable Duration retryAfter) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.retryAfter = retryAfter;
  }

  /** HTTP status or the code of the {@code Status} object. */
  public int code() {
    return code;
  }

  /** The reason, for example {@code Forbidden} or {@code Expired}; empty if not set. */
  public String reason() {
    return reason;
  }

  /** The pause that the server requests. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** Whether the requested resource version has expired, so that a new list is needed. */
  public boolean isGone() {
    return code == 410 || reason.equals("Expired") || reason.equals("Gone");
  }
}
