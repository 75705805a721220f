package io.promdisco.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * Where a command prints, and whether a person looks on.
 *
 * @param out results
 * @param err everything else
 * @param color whether to use colours
 * @param terminal whether a person sees standard error as it comes
 * @param columns width of the terminal; 0: print everything
 */
record Console(PrintStream out, PrintStream err, boolean color, boolean terminal, int columns) {
  private static final String RESET = "\u001b[0m";

  /** The process's own streams. Colours and progress only on a terminal, and not under NO_COLOR. */
  static Console system() {
    boolean color = CommandLine.Help.Ansi.AUTO.enabled();
    String columns = System.getenv("COLUMNS");
    boolean terminal = color || "1".equals(System.getenv("PROMDISCO_TERMINAL"));
    return new Console(
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
            false,
            StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        color,
        terminal,
        terminal ? width(columns) : 0);
  }

  private static int width(@Nullable String columns) {
    return columns != null && columns.matches("[0-9]{1,4}") ? Integer.parseInt(columns) : 0;
  }

  String bold(String text) {
    return paint("1", text);
  }

  String dim(String text) {
    return paint("2", text);
  }

  String red(String text) {
    return paint("31", text);
  }

  String green(String text) {
    return paint("32", text);
  }

  String yellow(String text) {
    return paint("33", text);
  }

  String cyan(String text) {
    return paint("36", text);
  }

  private String paint(String code, String text) {
    return color ? "\u001b[" + code + "m" + text + RESET : text;
  }
}
