package io.promdisco.cli.output;

import io.promdisco.util.PrintableText;
import java.util.List;
import java.util.function.Function;
import org.jline.utils.WCWidth;

/** Measures, pads and cuts text by its columns on a terminal. */
public final class TerminalText {
  private TerminalText() {}

  /** Returns the number of columns of the printable form of {@code text}. */
  public static int of(String text) {
    String shown = PrintableText.of(text);
    int columns = 0;
    for (int i = 0; i < shown.length(); ) {
      int c = shown.codePointAt(i);
      columns += of(c);
      i += Character.charCount(c);
    }
    return columns;
  }

  /** Returns the width of a table column. */
  static <T> int widest(String title, List<T> rows, Function<T, String> column) {
    int longest = rows.stream().mapToInt(row -> of(column.apply(row))).max().orElse(0);
    return Math.max(title.length(), longest);
  }

  /** Returns the number of columns of a printable character: 0, 1 or 2. */
  public static int of(int c) {
    return c >= ' ' && c < 0x7f ? 1 : Math.max(0, WCWidth.wcwidth(c));
  }

  /** Returns the printable form of {@code text}, padded with blanks to {@code columns}. */
  static String pad(String text, int columns) {
    return PrintableText.of(text) + " ".repeat(Math.max(0, columns - of(text)));
  }

  /** Returns the printable form of {@code text}, cut with {@code …} if it is too wide. */
  public static String cut(String text, int columns) {
    String shown = PrintableText.of(text);
    int used = 0;
    int end = 0; // the end of what fits before the ellipsis
    for (int i = 0; i < shown.length(); ) {
      int c = shown.codePointAt(i);
      used += of(c);
      if (used > columns) {
        return columns < 1 ? "" : shown.substring(0, end) + "…";
      }
      i += Character.charCount(c);
      if (used < columns) {
        end = i;
      }
    }
    return shown;
  }
}
