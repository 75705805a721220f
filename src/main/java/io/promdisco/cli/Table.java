package io.promdisco.cli;

import io.promdisco.model.Labels;
import java.io.PrintStream;
import java.util.List;
import java.util.StringJoiner;

/** Prints targets in columns. */
final class Table {
  private static final String GAP = "  ";

  private final Console console;
  private final boolean wide;

  Table(Console console, boolean wide) {
    this.console = console;
    this.wide = wide;
  }

  void print(List<Row> rows) {
    if (rows.isEmpty()) {
      return;
    }
    int job = width("JOB", rows.stream().mapToInt(row -> row.job().length()).max());
    int state = width("STATE", rows.stream().mapToInt(row -> row.state().length()).max());
    int target = width("TARGET", rows.stream().mapToInt(row -> row.name().length()).max());
    PrintStream out = console.out();
    out.println(
        console.bold(
            pad("JOB", job)
                + GAP
                + pad("STATE", state)
                + GAP
                + pad("TARGET", target)
                + GAP
                + "LABELS"));
    int used = job + state + target + 3 * GAP.length();
    for (Row row : rows) {
      String stateText = pad(row.state(), state);
      out.println(
          pad(row.job(), job)
              + GAP
              + (row.active() ? console.green(stateText) : console.dim(stateText))
              + GAP
              + pad(row.name(), target)
              + GAP
              + console.dim(cut(labels(row), console.columns() - used)));
    }
  }

  /** The final labels of an active target, the discovered ones of a dropped one. */
  private String labels(Row row) {
    Labels shown = row.active() ? row.labels() : row.discovered();
    StringJoiner text = new StringJoiner(", ");
    shown.forEach(
        (name, value) -> {
          if (wide || !(name.equals("job") && value.equals(row.job()))) {
            text.add(name + "=\"" + value + "\"");
          }
        });
    return text.toString();
  }

  /** Cut only where a terminal's width is known and the user did not ask for everything. */
  private String cut(String text, int width) {
    if (wide || console.columns() == 0 || text.length() <= width) {
      return text;
    }
    return width < 8 ? "" : text.substring(0, width - 1) + "…";
  }

  private static int width(String title, java.util.OptionalInt longest) {
    return Math.max(title.length(), longest.orElse(0));
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
