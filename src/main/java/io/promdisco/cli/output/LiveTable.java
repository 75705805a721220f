package io.promdisco.cli.output;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * The content of a live table: sorted and filtered rows, from some row on, which keys control.
 * Draws nothing. For one thread.
 */
public final class LiveTable {
  private static final int ESCAPE = 27;
  private static final int DELETE = 127;
  private static final int BACKSPACE = 8;
  private static final int FIXED_LINES = 2;
  private static final String KEYS = "j/k move  s sort  r reverse  / filter  q quit";

  /** The column that sorts the rows. */
  private enum Sort {
    JOB,
    TARGET,
    LABELS;

    Sort next() {
      return switch (this) {
        case JOB -> TARGET;
        case TARGET -> LABELS;
        case LABELS -> JOB;
      };
    }

    Comparator<TargetRow> order() {
      Comparator<TargetRow> by =
          switch (this) {
            case JOB -> Comparator.comparing(TargetRow::job).thenComparing(TargetRow::name);
            case TARGET -> Comparator.comparing(TargetRow::name).thenComparing(TargetRow::job);
            case LABELS -> Comparator.comparing(TargetRow::labels).thenComparing(TargetRow::job);
          };
      return by.thenComparing(TargetRow.ORDER);
    }
  }

  private List<TargetRow> rows = List.of();
  private Sort sort = Sort.JOB;
  private boolean reverse;
  private boolean typing;
  private String filter = "";
  private int first;

  /** Replaces the rows. */
  public void show(Collection<TargetRow> newRows) {
    rows = List.copyOf(newRows);
  }

  /**
   * Handles a key.
   *
   * @param key a character
   * @return false if the user wants to quit
   */
  public boolean handleKey(int key) {
    if (typing) {
      type(key);
      return true;
    }
    switch (key) {
      case 'q', 3 -> {
        return false;
      }
      case '/' -> typing = true;
      case 's' -> sort = sort.next();
      case 'r' -> reverse = !reverse;
      case 'j' -> first++;
      case 'k' -> first = Math.max(0, first - 1);
      case ' ' -> first += 10;
      case 'b' -> first = Math.max(0, first - 10);
      case ESCAPE -> filter = "";
      default -> {
        // ignored
      }
    }
    return true;
  }

  private void type(int key) {
    first = 0;
    if (key == '\n' || key == '\r') {
      typing = false;
    } else if (key == ESCAPE) {
      typing = false;
      filter = "";
    } else if (key == DELETE || key == BACKSPACE) {
      filter = filter.isEmpty() ? "" : filter.substring(0, filter.length() - 1);
    } else if (key >= ' ') {
      filter += Character.toString(key);
    }
  }

  /**
   * Returns the lines of a screen: a status line, the header and the rows. None is wider than
   * {@code columns}.
   */
  public List<String> lines(int columns, int height) {
    List<TargetRow> shown = matching();
    int room = Math.max(1, height - FIXED_LINES);
    first = Math.max(0, Math.min(first, shown.size() - room));
    int job = TerminalText.widest("JOB ^", shown, TargetRow::job);
    int target = TerminalText.widest("TARGET ^", shown, TargetRow::name);
    List<String> lines = new ArrayList<>();
    lines.add(cut(status(shown.size()), columns));
    lines.add(
        cut(line(mark(Sort.JOB), job, mark(Sort.TARGET), target, mark(Sort.LABELS)), columns));
    shown.stream()
        .skip(first)
        .limit(room)
        .forEach(
            row -> lines.add(cut(line(row.job(), job, row.name(), target, labels(row)), columns)));
    return lines;
  }

  private String status(int shown) {
    String count = shown == rows.size() ? "" + shown : shown + " of " + rows.size();
    String filtered =
        typing ? "  filter: " + filter + "_" : filter.isEmpty() ? "" : "  filter: " + filter;
    return count + " active" + filtered + "   " + KEYS;
  }

  private String mark(Sort column) {
    return column.name() + (column != sort ? "" : reverse ? " v" : " ^");
  }

  private List<TargetRow> matching() {
    String wanted = filter.toLowerCase(Locale.ROOT);
    List<TargetRow> shown = new ArrayList<>();
    for (TargetRow row : rows) {
      String text = row.job() + " " + row.name() + " " + labels(row);
      if (text.toLowerCase(Locale.ROOT).contains(wanted)) {
        shown.add(row);
      }
    }
    shown.sort(reverse ? sort.order().reversed() : sort.order());
    return shown;
  }

  private static String labels(TargetRow row) {
    return new TreeMap<>(row.labels().toMap()).toString();
  }

  private static String line(String a, int aWidth, String b, int bWidth, String c) {
    return TerminalText.pad(a, aWidth) + "  " + TerminalText.pad(b, bWidth) + "  " + c;
  }

  private static String cut(String text, int columns) {
    return TerminalText.cut(text, columns);
  }
}
