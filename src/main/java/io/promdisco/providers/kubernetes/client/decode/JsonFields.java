package io.promdisco.providers.kubernetes.client.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promdisco.model.Labels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object, read by type. A field that is missing or null has the zero value
 * of its type; one of another type is an {@link IOException} with its path.
 */
final class JsonFields {
  /** Reads an element of a list. */
  interface Reader<T> {
    /** Reads a value from {@code fields}. */
    T read(JsonFields fields) throws IOException;
  }

  /**
   * Options for reading values.
   *
   * @param share returns one instance for equal strings
   * @param odd receives each number or boolean in place of a string
   */
  record ReadOptions(UnaryOperator<String> share, Consumer<String> odd) {
    /** Returns options that accept numbers and booleans as strings without reporting them. */
    static ReadOptions sharing(UnaryOperator<String> share) {
      return new ReadOptions(share, any -> {});
    }
  }

  private static final int NO_INDEX = -1;

  private final JsonNode node;
  private final @Nullable JsonFields parent;
  private final String name;
  private final int index;
  private final ReadOptions reading;

  private JsonFields(
      JsonNode node, @Nullable JsonFields parent, String name, int index, ReadOptions reading) {
    this.node = node;
    this.parent = parent;
    this.name = name;
    this.index = index;
    this.reading = reading;
  }

  /**
   * Returns the fields of {@code node}, whose path in errors is {@code path}; if that is empty,
   * errors contain only field names.
   */
  static JsonFields of(JsonNode node, String path, ReadOptions reading) throws IOException {
    return of(node, null, path, NO_INDEX, reading);
  }

  private static JsonFields of(
      JsonNode node, @Nullable JsonFields parent, String name, int index, ReadOptions reading)
      throws IOException {
    boolean unset = node.isNull() || node.isMissingNode();
    JsonFields fields =
        new JsonFields(unset ? MissingNode.getInstance() : node, parent, name, index, reading);
    if (!unset && !node.isObject()) {
      throw new IOException(fields.path() + ": " + shown(node) + " (expected an object)");
    }
    return fields;
  }

  /** Returns the path of this object; computed only for errors. */
  private String path() {
    String own = parent == null ? name : parent.pathOf(name);
    return index == NO_INDEX ? own : own + "[" + index + "]";
  }

  private static String shown(JsonNode node) {
    if (node.isContainerNode()) {
      return node.isArray() ? "a list" : "an object";
    }
    return node.isTextual() ? node.toString() : node.asText();
  }

  private String pathOf(String field) {
    String path = path();
    return path.isEmpty() ? field : path + "." + field;
  }

  private @Nullable JsonNode get(String name) {
    JsonNode value = node.get(name);
    return value == null || value.isNull() ? null : value;
  }

  boolean has(String name) {
    return get(name) != null;
  }

  private IOException wrong(String name, JsonNode value, String expected) {
    return new IOException(pathOf(name) + ": " + shown(value) + " (expected " + expected + ")");
  }

  /** Returns a string; numbers and booleans are read as written. */
  String text(String name) throws IOException {
    String text = textOrNull(name);
    return text == null ? "" : text;
  }

  /** Returns a string, or null if it is not set. */
  @Nullable String textOrNull(String name) throws IOException {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    return string(name, value);
  }

  private String string(String name, JsonNode value) throws IOException {
    if (value.isContainerNode()) {
      throw wrong(name, value, "a string");
    }
    if (!value.isTextual()) {
      reading
          .odd()
          .accept(
              pathOf(name)
                  + ": "
                  + value.asText()
                  + " (expected a string; kubectl refuses it without quotes)");
    }
    return reading.share().apply(value.asText());
  }

  /** Returns an integer, or null if it is not set. */
  @Nullable Integer numberOrNull(String name) throws IOException {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    if (!value.isNumber() || !value.canConvertToInt() || !value.canConvertToExactIntegral()) {
      throw wrong(name, value, "a whole number");
    }
    return value.intValue();
  }

  int number(String name) throws IOException {
    Integer number = numberOrNull(name);
    return number == null ? 0 : number;
  }

  /** Returns a boolean, or null if it is not set. */
  @Nullable Boolean flagOrNull(String name) throws IOException {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    if (!value.isBoolean()) {
      throw wrong(name, value, "true or false");
    }
    return value.booleanValue();
  }

  /** Returns an object; without fields if it is not set. */
  JsonFields object(String name) throws IOException {
    return of(node.path(name), this, name, NO_INDEX, reading);
  }

  /** Returns a list of objects. */
  <T> List<T> objects(String name, Reader<T> reader) throws IOException {
    JsonNode list = listOrNull(name);
    if (list == null) {
      return List.of();
    }
    List<T> out = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      out.add(reader.read(of(list.get(i), this, name, i, reading)));
    }
    return List.copyOf(out);
  }

  /** Returns a list of strings. */
  List<String> texts(String name) throws IOException {
    JsonNode list = listOrNull(name);
    if (list == null) {
      return List.of();
    }
    List<String> out = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      JsonNode element = list.get(i);
      out.add(
          element.isTextual()
              ? reading.share().apply(element.textValue())
              : element.isNull() ? "" : string(name + "[" + i + "]", element));
    }
    return List.copyOf(out);
  }

  private @Nullable JsonNode listOrNull(String name) throws IOException {
    JsonNode list = get(name);
    if (list != null && !list.isArray()) {
      throw wrong(name, list, "a list");
    }
    return list;
  }

  /** Returns a map of strings. */
  Labels labels(String name) throws IOException {
    JsonNode map = get(name);
    if (map == null) {
      return Labels.EMPTY;
    }
    if (!map.isObject()) {
      throw wrong(name, map, "a map");
    }
    Labels.Builder builder = Labels.builder(map.size());
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      JsonNode value = entry.getValue();
      builder.set(
          reading.share().apply(entry.getKey()),
          value.isTextual()
              ? reading.share().apply(value.textValue())
              : value.isNull() ? "" : string(name + "." + entry.getKey(), value));
    }
    return builder.build();
  }
}
