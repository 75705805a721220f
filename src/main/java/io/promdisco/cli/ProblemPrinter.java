package io.promdisco.cli;

import io.promdisco.config.Problem;
import java.io.PrintStream;

/** Prints problems for people: what and where, then the line with a caret under the place. */
final class ProblemPrinter {
  /** Lines are cut to this where no terminal says how wide it is. */
  private static final int DEFAULT_WIDTH = 120;

  private static final int LEAST_WIDTH = 20;

  private final Console console;
  private final PrintStream out;
  private final int width;
  private final Excerpt excerpts;

  ProblemPrinter(Console console, PrintStream out) {
    this.console = console;
    this.out = out;
    width = console.columns() == 0 ? DEFAULT_WIDTH : console.columns();
    excerpts = new Excerpt(Math.max(LEAST_WIDTH, width - "123456 | ".length()));
  }

  void print(Problem problem) {
    boolean error = problem.severity() == Problem.Severity.ERROR;
    out.println((error ? console.red("error: ") : console.yellow("warning: ")) + harmless(problem));
    excerpts
        .of(problem)
        .ifPresent(
            line -> {
              String number = Integer.toString(problem.position().line());
              out.println(console.dim("  " + number + " | ") + line.text());
              out.println(
                  console.dim("  " + " ".repeat(number.length()) + " | ")
                      + " ".repeat(line.caret())
                      + (error ? console.red("^") : console.yellow("^")));
            });
  }

  /** A message quotes the file, and a terminal would obey what is in it. */
  private static String harmless(Problem problem) {
    return problem.toString().replaceAll("\\p{Cntrl}", "\uFFFD");
  }
}
