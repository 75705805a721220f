package io.promdisco.cli.output;

import io.promdisco.config.Problem;

/**
 * Prints problems for people: what is wrong and where, then the line with a caret below the place.
 */
public final class ProblemPrinter {
  /** The width of lines if the width of the terminal is unknown. */
  private static final int DEFAULT_WIDTH = 120;

  private static final int LEAST_WIDTH = 20;

  private final Console console;
  private final int width;
  private final FileExcerpt excerpts;

  public ProblemPrinter(Console console) {
    this.console = console;
    width = console.columns() == 0 ? DEFAULT_WIDTH : console.columns();
    excerpts = new FileExcerpt(Math.max(LEAST_WIDTH, width - "123456 | ".length()));
  }

  /** Adds the content of a file that cannot be read twice. */
  public void addFile(String file, byte[] content) {
    excerpts.addFile(file, content);
  }

  public void print(Problem problem) {
    boolean error = problem.severity() == Problem.Severity.ERROR;
    console.line(error ? Console.red("error: ") : Console.yellow("warning: "), problem);
    excerpts
        .of(problem)
        .ifPresent(
            line -> {
              String number = Integer.toString(problem.position().line());
              console.line(Console.dim("  " + number + " | "), line.text());
              console.line(
                  Console.dim("  " + " ".repeat(number.length()) + " | "),
                  " ".repeat(line.caret()),
                  error ? Console.red("^") : Console.yellow("^"));
            });
  }
}
