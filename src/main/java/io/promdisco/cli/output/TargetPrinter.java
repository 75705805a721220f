package io.promdisco.cli.output;

import java.util.List;
import java.util.Map;

/** Prints rows in the formats that need only the rows. */
public final class TargetPrinter {
  private final Console console;

  public TargetPrinter(Console console) {
    this.console = console;
  }

  public void print(OutputFormat output, List<TargetRow> rows) {
    switch (output) {
      case JSON ->
          StructuredPrinter.print(
              console,
              StructuredPrinter.Form.JSON,
              rows.stream().map(TargetPrinter::document).iterator());
      case YAML ->
          StructuredPrinter.print(
              console,
              StructuredPrinter.Form.YAML,
              rows.stream().map(TargetPrinter::document).toList());
      case WIDE -> new TargetTable(console, true).print(rows);
      default -> new TargetTable(console, false).print(rows);
    }
  }

  private static Map<String, Object> document(TargetRow row) {
    Map<String, Object> map = StructuredPrinter.map("job", row.job(), "state", row.state());
    if (row.active()) {
      map.put("url", row.url());
      map.put("interval", row.interval());
      map.put("timeout", row.timeout());
      map.put("labels", row.labels().toMap());
    }
    map.put("discoveredLabels", row.discovered().toMap());
    return map;
  }
}
