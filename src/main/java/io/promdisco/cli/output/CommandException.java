package io.promdisco.cli.output;

import java.util.List;

/** Ends a command with an error message and an exit code. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final transient List<String> lines;

  public CommandException(int exitCode, List<String> lines) {
    super(String.join("\n", lines));
    this.exitCode = exitCode;
    this.lines = List.copyOf(lines);
  }

  private CommandException(int exitCode, String message) {
    this(exitCode, List.of("promdisco: " + message));
  }

  /** Bad usage, or a bad configuration: {@code place: what is wrong (expected: …)}. */
  public static CommandException usage(String message) {
    return new CommandException(ExitCode.USAGE, message);
  }

  /** Bad usage, or a bad configuration, which an exception describes. */
  public static CommandException usage(Exception cause) {
    return usage(String.valueOf(cause.getMessage()));
  }

  /** A server that could not be reached, or that rejected the request. */
  public static CommandException unreachable(String message) {
    return new CommandException(ExitCode.UNREACHABLE, message);
  }

  /** Any other failure. */
  public static CommandException failure(String message) {
    return new CommandException(ExitCode.FINDING, message);
  }

  /** Throws an exception if the value of an option is out of range. */
  public static void requireRange(String option, long value, long least, long most) {
    if (value < least || value > most) {
      String range = most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
      throw usage(option + ": " + value + " (expected: " + range + ")");
    }
  }

  public int exitCode() {
    return exitCode;
  }

  /** The lines for standard error. */
  public List<String> lines() {
    return lines;
  }
}
