package io.promdisco.config;

import io.promdisco.model.Position;
import io.promdisco.model.SpellingSuggestions;
import io.promdisco.util.PrintableText;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/**
 * A problem in a configuration.
 *
 * @param severity whether the file can still be used
 * @param kind what the problem is about
 * @param position the place in the file
 * @param path the key, for example {@code scrape_configs[2].kubernetes_sd_configs[0].role}; empty
 *     for the whole file
 * @param message what was found, what was expected, and what to do; never a secret
 */
public record Problem(
    Severity severity, ProblemKind kind, Position position, String path, String message) {
  /** The length to which paths and messages are shortened; files can have names of megabytes. */
  private static final int LONGEST_PATH = 500;

  private static final int LONGEST_MESSAGE = 2_000;

  /** Shortens long paths and messages. */
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

  /** The severity of a problem. */
  public enum Severity {
    /**
     * The file is rejected; or, if there is a configuration nevertheless, something that it names
     * is missing or wrong.
     */
    ERROR,
    /** The file is accepted. */
    WARNING;

    /** {@code error} or {@code warning}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Creates a problem with the general kind of its severity: an invalid value or a questionable
   * one.
   */
  public Problem(Severity severity, Position position, String path, String message) {
    this(
        severity,
        severity == Severity.ERROR ? ProblemKind.INVALID_VALUE : ProblemKind.QUESTIONABLE,
        position,
        path,
        message);
  }

  /** Returns {@code ; did you mean "pod"?} if a known name is near, or else an empty string. */
  public static String hint(String name, Collection<String> known) {
    return SpellingSuggestions.hint(name, known);
  }

  /**
   * Returns the order for display: problems of the main file first, each file from top to bottom.
   */
  public static Comparator<Problem> order(String mainFile) {
    return Comparator.comparing((Problem problem) -> !problem.position().file().equals(mainFile))
        .thenComparing(problem -> problem.position().file())
        .thenComparingInt(problem -> problem.position().line())
        .thenComparingInt(problem -> problem.position().column());
  }

  /** Returns {@link #toString} after the severity: {@code error: file:line:column: …}. */
  public String describe() {
    return severity.text() + ": " + this;
  }

  /**
   * Returns {@code file:line:column: path: message} on one line, with {@link PrintableText
   * printable} characters only.
   */
  @Override
  public String toString() {
    return PrintableText.of(position + ": " + (path.isEmpty() ? "" : path + ": ") + message);
  }
}
