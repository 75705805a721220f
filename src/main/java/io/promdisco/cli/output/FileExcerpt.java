package io.promdisco.cli.output;

import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.util.PrintableText;
import io.promdisco.util.UserFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Lines of the files that contain problems, for display with a caret below the place. Secrets are
 * hidden, and control characters escaped. For one thread.
 */
final class FileExcerpt {
  private static final int TAB = 4;
  private static final String CUT = "…";

  /** Larger files and longer lines are not shown, because they are not written by hand. */
  private static final long MOST_BYTES = 4 << 20;

  private static final int LONGEST_LINE = 20_000;

  /** The line ends of YAML. */
  private static final Pattern END_OF_LINE = Pattern.compile("\r\n|[\n\r\u0085\u2028\u2029]");

  private static final Pattern KEY =
      Pattern.compile("[\\s\\[{-]*+[\"']?[A-Za-z_][\\w.]*+[\"']?\\s*+:(?:[\\s\\[{\"']|$)");

  private final Map<String, List<String>> files = new HashMap<>();
  private final int width;

  /**
   * Creates an excerpt with lines of a maximum width.
   *
   * @param width the number of columns, at least 20
   */
  FileExcerpt(int width) {
    this.width = width;
  }

  /**
   * A line for display.
   *
   * @param text the line, with tabs as spaces, shortened at its ends if it is long
   * @param caret the number of columns before the place
   */
  record Line(String text, int caret) {}

  /** Adds the content of a file that cannot be read twice. */
  void addFile(String file, byte[] content) {
    files.put(file, content.length > MOST_BYTES ? List.of() : lines(content));
  }

  /**
   * Returns the line of a problem; empty if the file has no such line, or can no longer be read.
   */
  Optional<Line> of(Problem problem) {
    if (problem.kind() == ProblemKind.WRONG_TYPE && problem.path().isEmpty()) {
      return Optional.empty(); // Not a configuration; perhaps a file with a token.
    }
    List<String> lines = files.computeIfAbsent(problem.position().file(), FileExcerpt::read);
    int index = problem.position().line() - 1;
    if (index >= lines.size()
        || lines.get(index).isBlank()
        || lines.get(index).length() > LONGEST_LINE) {
      return Optional.empty();
    }
    String line = lines.get(index);
    int points = Math.min(problem.position().column() - 1, line.codePointCount(0, line.length()));
    int column = line.offsetByCodePoints(0, points);
    SecretMask.MaskedLine shown =
        problem.kind() == ProblemKind.UNKNOWN_KEY
            ? SecretMask.hideValueOfKey(line, column)
            : SecretMask.hide(lines, index, column);
    return Optional.of(layout(shown.text(), shown.column()));
  }

  /** Whether a line has a key, in YAML or JSON; a file without any may contain a token. */
  private static boolean hasKey(String line) {
    return line.length() <= LONGEST_LINE && KEY.matcher(line).lookingAt();
  }

  private static List<String> read(String file) {
    try (InputStream in = UserFiles.open(Path.of(file), MOST_BYTES)) {
      return lines(in.readAllBytes());
    } catch (IOException | InvalidPathException e) {
      return List.of(); // the problem itself reports it
    }
  }

  private static List<String> lines(byte[] content) {
    String text = new String(content, StandardCharsets.UTF_8);
    String bare = text.startsWith("\uFEFF") ? text.substring(1) : text;
    List<String> lines = List.of(END_OF_LINE.split(bare, -1));
    return lines.stream().anyMatch(FileExcerpt::hasKey) ? lines : List.of();
  }

  private Line layout(String text, int column) {
    StringBuilder out = new StringBuilder();
    int[] widthBefore = new int[text.length() + 1];
    int[] startInOut = new int[text.length() + 1];
    int used = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      widthBefore[i] = used;
      startInOut[i] = out.length();
      if (c == '\t') {
        int spaces = TAB - used % TAB;
        out.append(" ".repeat(spaces));
        used += spaces;
      } else {
        String shown = PrintableText.of(Character.toString(c));
        out.append(shown);
        used += TerminalText.of(shown);
      }
      i = next;
    }
    widthBefore[text.length()] = used;
    startInOut[text.length()] = out.length();
    return used <= width
        ? new Line(out.toString().stripTrailing(), widthBefore[column])
        : cut(text, out, widthBefore, startInOut, column);
  }

  /** Returns the part around the place. */
  private Line cut(
      String text, StringBuilder out, int[] widthBefore, int[] startInOut, int column) {
    int room = width - 2 * CUT.length();
    int from = column;
    while (from > 0
        && widthBefore[column] - widthBefore[text.offsetByCodePoints(from, -1)] <= room * 2 / 3) {
      from = text.offsetByCodePoints(from, -1);
    }
    int to = from;
    while (to < text.length()
        && widthBefore[text.offsetByCodePoints(to, 1)] - widthBefore[from] <= room) {
      to = text.offsetByCodePoints(to, 1);
    }
    String start = from > 0 ? CUT : "";
    String end = to < text.length() ? CUT : "";
    return new Line(
        start + out.substring(startInOut[from], startInOut[to]) + end,
        widthBefore[column] - widthBefore[from] + start.length());
  }
}
