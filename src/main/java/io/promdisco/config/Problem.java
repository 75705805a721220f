package io.promdisco.config;

import io.promdisco.model.Position;
import io.promdisco.model.SpellingSuggestions;
import io.promdisco.util.PrintableText;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Something wrong in a configuration.
 *
 * @param severity whether the file can be used all the same
 * @param kind what it is about
 * @param position where
 * @param path the key, as {@code scrape_configs[2].kubernetes_sd_configs[0].role}; empty for the
 *     file as a whole
 * @param message what was found, what was expected, and what to do; no secret ever
 */
public record Problem(
    Severity severity, ProblemKind kind, Position position, String path, String message) {
  /** How many characters of a path and of a message are kept; files can have names of megabytes. */
  private static final int LONGEST_PATH = 500;

  private static final int LONGEST_MESSAGE = 2_000;

  /** Cuts long paths and messages. */
  public Problem {
    path = cut(path, LONGEST_PATH);
    message = cut(message, LONGEST_MESSAGE);
  }

  private static String cut(String text, int most) {
    return text.length() <= most
        ? text
        : text.substring(0, most - (Character.isHighSurrogate(text.charAt(most - 1)) ? 1 : 0))
            + "…";
  }

  /** How bad it is. */
  public enum Severity {
    /**
     * The file is refused; or, if there is a configuration all the same, something it names is
     * missing or wrong.
     */
    ERROR,
    /** The file is accepted. */
    WARNING;

    /** {@code error} or {@code warning}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A problem of no particular kind: a value is refused, or questionable. */
  public Problem(Severity severity, Position position, String path, String message) {
    this(
        severity,
        severity == Severity.ERROR ? ProblemKind.INVALID_VALUE : ProblemKind.QUESTIONABLE,
        position,
        path,
        message);
  }

  /** {@code ; did you mean "pod"?} if one of the known names is near, or else nothing. */
  public static String hint(String name, Collection<String> known) {
    List<String> nearest = SpellingSuggestions.nearest(name, known, 1);
    return nearest.isEmpty() ? "" : "; did you mean \"" + nearest.get(0) + "\"?";
  }

  /** The order in which to show them: the main file first, then as they stand in each file. */
  public static Comparator<Problem> order(String mainFile) {
    return Comparator.comparing((Problem problem) -> !problem.position().file().equals(mainFile))
        .thenComparing(problem -> problem.position().file())
        .thenComparingInt(problem -> problem.position().line())
        .thenComparingInt(problem -> problem.position().column());
  }

  /** {@link #toString} with the severity before it: {@code error: file:line:column: …}. */
  public String describe() {
    return severity.text() + ": " + this;
  }

  /** {@code file:line:column: path: message}, on one line and {@link PrintableText printable}. */
  @Override
  public String toString() {
    return PrintableText.of(position + ": " + (path.isEmpty() ? "" : path + ": ") + message);
  }
}
