package io.promdisco.cli.output;

/** What the commands end with. */
public final class ExitCode {
  /** All well. */
  public static final int OK = 0;

  /** A finding, or a check that failed. */
  public static final int FINDING = 1;

  /** Bad usage or a bad configuration. */
  public static final int USAGE = 2;

  /** A server could not be reached, or refused. */
  public static final int UNREACHABLE = 3;

  private ExitCode() {}
}
