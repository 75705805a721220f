package io.promdisco.server;

import java.io.IOException;

/**
 * Thrown if the server cannot listen. The message is one line: which address, why, and what to do.
 */
public final class ListenException extends IOException {
  private static final long serialVersionUID = 1L;

  ListenException(String message, Throwable cause) {
    super(message, cause);
  }
}
