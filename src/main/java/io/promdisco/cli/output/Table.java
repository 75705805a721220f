package io.promdisco.cli.output;

import io.promdisco.model.Labels;
import java.util.List;
import java.util.StringJoiner;

/** Prints targets in columns. */
public final class Table {
  private static final String GAP = "  ";

  private final Console console;
  private final boolean wide;

  public Table(Console console, boolean wide) {
    this.console = console;
    this.wide = wide;
  }

  public void print(List<Row> rows) {
    if (rows.isEmpty()) {
      return;
    }
    int job = TextColumns.widest("JOB", rows, Row::job);
    int state = TextColumns.widest("STATE", rows, Row::state);
    int target = TextColumns.widest("TARGET", rows, Row::name);
    console.line(Console.bold(line("JOB", job, "STATE", state, "TARGET", target) + "LABELS"));
    int used = job + state + target + 3 * GAP.length();
    for (Row row : rows) {
      String stateText = TextColumns.pad(row.state(), state);
      console.line(
          TextColumns.pad(row.job(), job),
          GAP,
          row.active() ? Console.green(stateText) : Console.dim(stateText),
          GAP,
          TextColumns.pad(row.name(), target),
          GAP,
          Console.dim(cut(labels(row), console.columns() - used)));
    }
  }

  private static String line(String a, int aWidth, String b, int bWidth, String c, int cWidth) {
    return TextColumns.pad(a, aWidth)
        + GAP
        + TextColumns.pad(b, bWidth)
        + GAP
        + TextColumns.pad(c, cWidth)
        + GAP;
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
    if (wide || console.columns() == 0) {
      return text;
    }
    return width < 8 ? "" : TextColumns.cut(text, width);
  }
}
