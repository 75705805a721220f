package io.promdisco.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.promdisco.model.Labels;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Prints rows in each of the forms that need no more than the rows. */
final class TargetPrinter {
  private final Console console;

  TargetPrinter(Console console) {
    this.console = console;
  }

  void print(Output output, List<Row> rows) {
    switch (output) {
      case JSON -> json(rows);
      case YAML -> yaml(rows);
      case WIDE -> new Table(console, true).print(rows);
      default -> new Table(console, false).print(rows);
    }
  }

  private void json(List<Row> rows) {
    try (JsonGenerator json = new JsonFactory().createGenerator(console.out())) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.useDefaultPrettyPrinter();
      json.writeStartArray();
      for (Row row : rows) {
        writeRow(json, row);
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    console.out().println();
  }

  private static void writeRow(JsonGenerator json, Row row) throws IOException {
    json.writeStartObject();
    json.writeStringField("job", row.job());
    json.writeStringField("state", row.state());
    if (row.active()) {
      json.writeStringField("url", row.url());
      json.writeStringField("interval", row.interval());
      json.writeStringField("timeout", row.timeout());
      writeLabels(json, "labels", row.labels());
    }
    writeLabels(json, "discoveredLabels", row.discovered());
    json.writeEndObject();
  }

  private static void writeLabels(JsonGenerator json, String name, Labels labels)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (int i = 0; i < labels.size(); i++) {
      json.writeStringField(labels.name(i), labels.value(i));
    }
    json.writeEndObject();
  }

  private void yaml(List<Row> rows) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("job", row.job());
      entry.put("state", row.state());
      if (row.active()) {
        entry.put("url", row.url());
        entry.put("interval", row.interval());
        entry.put("timeout", row.timeout());
        entry.put("labels", row.labels().toMap());
      }
      entry.put("discoveredLabels", row.discovered().toMap());
      list.add(entry);
    }
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setWidth(1 << 20);
    new Yaml(options).dump(list, new OutputStreamWriter(console.out(), StandardCharsets.UTF_8));
  }
}
