package io.promdisco.discovery;

import org.jspecify.annotations.Nullable;

/** A discoverer cannot be made. The message is one line for people, without secrets. */
public final class DiscoveryException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With what, where and what to do. */
  public DiscoveryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** With what, where and what to do. */
  public DiscoveryException(String message) {
    super(message);
  }
}
