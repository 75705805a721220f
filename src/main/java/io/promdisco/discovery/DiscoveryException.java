package io.promdisco.discovery;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a discoverer cannot be created. The message is one line for people, without secrets.
 */
public final class DiscoveryException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message that says what is wrong, where, and what to do. */
  public DiscoveryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Creates an exception with a message that says what is wrong, where, and what to do. */
  public DiscoveryException(String message) {
    super(message);
  }
}
