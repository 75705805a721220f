package io.promdisco.cli.output;

/** The exit codes of the commands. */
public final class ExitCode {
  /** Success. */
  public static final int OK = 0;

  /** A finding, or a failed check. */
  public static final int FINDING = 1;

  /** Bad usage or a bad configuration. */
  public static final int USAGE = 2;

  /** A server could not be reached, or rejected the request. */
  public static final int UNREACHABLE = 3;

  private ExitCode() {}
}
