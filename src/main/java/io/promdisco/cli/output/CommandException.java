package io.promdisco.cli.output;

import java.util.List;

/** Ends a command with a message for people and an exit code. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final transient List<String> lines;

  public CommandException(int exitCode, List<String> lines) {
    super(String.join("\n", lines));
    this.exitCode = exitCode;
    this.lines = List.copyOf(lines);
  }

  public CommandException(int exitCode, String line) {
    this(exitCode, List.of(line));
  }

  public int exitCode() {
    return exitCode;
  }

  /** What to print on standard error. */
  public List<String> lines() {
    return lines;
  }
}
