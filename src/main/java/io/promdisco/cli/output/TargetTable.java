package io.promdisco.cli.output;

import io.promdisco.model.Labels;
import java.util.List;
import java.util.StringJoiner;

/** Prints targets in columns. */
public final class TargetTable {
  private static final String GAP = "  ";

  private final Console console;
  private final boolean wide;

  public TargetTable(Console console, boolean wide) {
    this.console = console;
    this.wide = wide;
  }

  public void print(List<TargetRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    int job = TerminalText.widest("JOB", rows, TargetRow::job);
    int state = TerminalText.widest("STATE", rows, TargetRow::state);
    int target = TerminalText.widest("TARGET", rows, TargetRow::name);
    console.line(Console.bold(line("JOB", job, "STATE", state, "TARGET", target) + "LABELS"));
    int used = job + state + target + 3 * GAP.length();
    for (TargetRow row : rows) {
      String stateText = TerminalText.pad(row.state(), state);
      console.line(
          TerminalText.pad(row.job(), job),
          GAP,
          row.active() ? Console.green(stateText) : Console.dim(stateText),
          GAP,
          TerminalText.pad(row.name(), target),
          GAP,
          Console.dim(cut(labels(row), console.columns() - used)));
    }
  }

  private static String line(String a, int aWidth, String b, int bWidth, String c, int cWidth) {
    return TerminalText.pad(a, aWidth)
        + GAP
        + TerminalText.pad(b, bWidth)
        + GAP
        + TerminalText.pad(c, cWidth)
        + GAP;
  }

  /** Returns the final labels of an active target, or the discovered ones of a dropped target. */
  private String labels(TargetRow row) {
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

  /**
   * Cuts text only if the width of the terminal is known and the user did not ask for everything.
   */
  private String cut(String text, int width) {
    if (wide || console.columns() == 0) {
      return text;
    }
    return width < 8 ? "" : TerminalText.cut(text, width);
  }
}
