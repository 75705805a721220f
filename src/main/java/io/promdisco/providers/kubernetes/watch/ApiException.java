package io.promdisco.providers.kubernetes.watch;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The API server refused, or ended a watch with an ERROR event. Everything else that goes wrong on
 * the way is another {@link IOException}.
 */
public final class ApiException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String reason;
  private final transient @Nullable Duration retryAfter;

  /**
   * As the server said it.
   *
   * @param code HTTP status or the code of the {@code Status} object
   * @param reason as {@code Forbidden}, {@code Expired}; empty if not given
   * @param message for people; no secret
   * @param retryAfter of the header or {@code details.retryAfterSeconds}
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

  /** As {@code Forbidden}, {@code Expired}; empty if not given. */
  public String reason() {
    return reason;
  }

  /** How long the server asks to wait. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** Whether the resource version that was asked for is gone, so that a new list is needed. */
  public boolean isGone() {
    return code == 410 || reason.equals("Expired") || reason.equals("Gone");
  }
}
