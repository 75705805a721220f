package io.promdisco.cli;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.model.Position;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Prints documents of maps, lists, strings, numbers and booleans for programs. */
final class Structured {
  /** How a result is printed. */
  enum Form {
    /** For people. */
    TEXT,
    /** For programs. */
    JSON,
    /** For programs. */
    YAML
  }

  private Structured() {}

  /** Prints {@code document} as JSON, or else as YAML. */
  static void print(Console console, Form form, Object document) {
    if (form == Form.JSON) {
      json(console, document);
    } else {
      yaml(console, document);
    }
    console.out().flush();
  }

  private static void json(Console console, Object document) {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withArrayIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
    try {
      console.out().println(new ObjectMapper().writer(printer).writeValueAsString(document));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void yaml(Console console, Object document) {
    new Yaml(yamlOptions())
        .dump(document, new OutputStreamWriter(console.out(), StandardCharsets.UTF_8));
  }

  /** Block style, no line folded, nothing by reference. */
  static DumperOptions yamlOptions() {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setDereferenceAliases(true);
    options.setWidth(1 << 20);
    return options;
  }

  static Map<String, Object> position(Position position) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("file", position.file());
    map.put("line", position.line());
    map.put("column", position.column());
    return map;
  }

  /** Text that a terminal does not obey, whatever a cluster's labels hold. */
  static String harmless(String text) {
    return text.replaceAll("\\p{Cntrl}", "\uFFFD");
  }
}
