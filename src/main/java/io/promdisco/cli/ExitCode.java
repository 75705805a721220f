package io.promdisco.cli;

/** What the commands end with. */
final class ExitCode {
  /** All well. */
  static final int OK = 0;

  /** A finding, or a check that failed. */
  static final int FINDING = 1;

  /** Bad usage or a bad configuration. */
  static final int USAGE = 2;

  /** A server could not be reached, or refused. */
  static final int UNREACHABLE = 3;

  private ExitCode() {}
}
