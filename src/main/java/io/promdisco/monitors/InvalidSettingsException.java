package io.promdisco.monitors;

/** The settings of monitors are refused. The message is that of the target allocator. */
public final class InvalidSettingsException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Makes one. */
  public InvalidSettingsException(String message) {
    super(message);
  }
}
