package io.promdisco.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prints rows in each of the forms that need no more than the rows. */
public final class TargetPrinter {
  private final Console console;

  public TargetPrinter(Console console) {
    this.console = console;
  }

  public void print(Output output, List<Row> rows) {
    switch (output) {
      case JSON -> json(rows);
      case YAML ->
          Structured.print(
              console, Structured.Form.YAML, rows.stream().map(TargetPrinter::document).toList());
      case WIDE -> new Table(console, true).print(rows);
      default -> new Table(console, false).print(rows);
    }
  }

  private void json(List<Row> rows) {
    PrintStream out = console.document(DocumentStream.Form.JSON);
    try (JsonGenerator json = new ObjectMapper().createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.useDefaultPrettyPrinter();
      json.writeStartArray();
      for (Row row : rows) {
        json.writePOJO(document(row));
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.println();
    out.flush();
  }

  private static Map<String, Object> document(Row row) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("job", row.job());
    map.put("state", row.state());
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
