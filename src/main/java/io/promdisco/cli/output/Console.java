package io.promdisco.cli.output;

import io.promdisco.util.PrintableText;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * The output of a command.
 *
 * @param out for results
 * @param err for everything else
 * @param color whether to use colors
 * @param terminal whether standard error is a terminal
 * @param columns width of the terminal; 0 for no limit
 */
public record Console(
    PrintStream out, PrintStream err, boolean color, boolean terminal, int columns) {
  private static final String RESET = "\u001b[0m";

  /**
   * Returns the console of the process. Colors and progress are used only on a terminal, and not
   * with NO_COLOR.
   */
  public static Console system() {
    boolean color = CommandLine.Help.Ansi.AUTO.enabled();
    String columns = System.getenv("COLUMNS");
    boolean terminal = color || "1".equals(System.getenv("PROMDISCO_TERMINAL"));
    return new Console(
        new ResultStream(new FileOutputStream(FileDescriptor.out)),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        color,
        terminal,
        terminal ? width(columns) : 0);
  }

  private static int width(@Nullable String columns) {
    return columns != null && columns.matches("[0-9]{1,4}") ? Integer.parseInt(columns) : 0;
  }

  /**
   * Writes what is buffered, and tells why standard output could not be written; null if all of it
   * was.
   */
  public @Nullable IOException outputFailure() {
    if (!out.checkError()) {
      return null;
    }
    IOException known = out instanceof ResultStream results ? results.failure() : null;
    return known == null ? new IOException("cannot be written") : known;
  }

  /** A part of a line in a colour. */
  public record Painted(String code, String text) {}

  /**
   * Prints a line for people to standard output.
   *
   * @param parts texts, numbers and colored texts; control characters in them are escaped
   */
  public void line(Object... parts) {
    out.println(text(parts));
  }

  /** Prints a line for people to standard error, like {@link #line}. */
  public void errorLine(Object... parts) {
    err.println(text(parts));
  }

  private String text(Object... parts) {
    StringBuilder line = new StringBuilder();
    for (Object part : parts) {
      if (part instanceof Painted painted && color) {
        line.append("\u001b[").append(painted.code).append('m');
        line.append(PrintableText.of(painted.text)).append(RESET);
      } else {
        line.append(
            PrintableText.of(
                part instanceof Painted painted ? painted.text : String.valueOf(part)));
      }
    }
    return line.toString();
  }

  /**
   * Returns standard output for a JSON or YAML document. Control characters and invisible
   * characters, which occur only in strings, become escapes of that format, so that a program reads
   * the same strings.
   */
  public PrintStream document(DocumentStream.Form form) {
    return new PrintStream(new DocumentStream(out, form), false, StandardCharsets.UTF_8);
  }

  static Painted bold(String text) {
    return new Painted("1", text);
  }

  public static Painted dim(String text) {
    return new Painted("2", text);
  }

  public static Painted red(String text) {
    return new Painted("31", text);
  }

  public static Painted green(String text) {
    return new Painted("32", text);
  }

  public static Painted yellow(String text) {
    return new Painted("33", text);
  }

  public static Painted cyan(String text) {
    return new Painted("36", text);
  }
}
