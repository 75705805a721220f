package io.promdisco.providers.kubernetes.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promdisco.model.Labels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object, read by type. A field that is absent or null is the type's zero
 * value; one of another type is an {@link IOException} with its path.
 */
final class JsonFields {
  /** Reads an element of a list. */
  interface Reader<T> {
    /** The value of {@code fields}. */
    T read(JsonFields fields) throws IOException;
  }

  private final JsonNode node;
  private final String path;
  private final UnaryOperator<String> share;

  private JsonFields(JsonNode node, String path, UnaryOperator<String> share) {
    this.node = node;
    this.path = path;
    this.share = share;
  }

  /** The fields of {@code node}, which errors call {@code path}. */
  static JsonFields of(JsonNode node, String path, UnaryOperator<String> share) throws IOException {
    if (node.isNull() || node.isMissingNode()) {
      return new JsonFields(MissingNode.getInstance(), path, share);
    }
    if (!node.isObject()) {
      throw new IOException(path + ": " + shown(node) + " (expected an object)");
    }
    return new JsonFields(node, path, share);
  }

  private static String shown(JsonNode node) {
    return node.isContainerNode() ? (node.isArray() ? "a list" : "an object") : node.toString();
  }

  private @Nullable JsonNode get(String name) {
    JsonNode value = node.get(name);
    return value == null || value.isNull() ? null : value;
  }

  boolean has(String name) {
    return get(name) != null;
  }

  private IOException wrong(String name, JsonNode value, String expected) {
    return new IOException(
        path + "." + name + ": " + shown(value) + " (expected " + expected + ")");
  }

  /** A string; numbers and booleans are taken as they are written. */
  String text(String name) throws IOException {
    String text = textOrNull(name);
    return text == null ? "" : text;
  }

  /** A string, or null if it is not set. */
  @Nullable String textOrNull(String name) throws IOException {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    if (value.isContainerNode()) {
      throw wrong(name, value, "a string");
    }
    return share.apply(value.asText());
  }

  /** A whole number, or null if it is not set. */
  @Nullable Integer numberOrNull(String name) throws IOException {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw wrong(name, value, "a whole number");
    }
    return value.intValue();
  }

  int number(String name) throws IOException {
    Integer number = numberOrNull(name);
    return number == null ? 0 : number;
  }

  /** A boolean, or null if it is not set. */
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

  /** An object; without fields if it is not set. */
  JsonFields object(String name) throws IOException {
    return of(node.path(name), path + "." + name, share);
  }

  /** A list of objects. */
  <T> List<T> objects(String name, Reader<T> reader) throws IOException {
    JsonNode list = listOrNull(name);
    if (list == null) {
      return List.of();
    }
    List<T> out = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      out.add(reader.read(of(list.get(i), path + "." + name + "[" + i + "]", share)));
    }
    return List.copyOf(out);
  }

  /** A list of strings. */
  List<String> texts(String name) throws IOException {
    JsonNode list = listOrNull(name);
    if (list == null) {
      return List.of();
    }
    List<String> out = new ArrayList<>(list.size());
    for (JsonNode element : list) {
      if (element.isContainerNode()) {
        throw wrong(name, element, "a list of strings");
      }
      out.add(share.apply(element.asText()));
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

  /** A map of strings. */
  Labels labels(String name) throws IOException {
    JsonNode map = get(name);
    if (map == null || map.isEmpty()) {
      return Labels.EMPTY;
    }
    if (!map.isObject()) {
      throw wrong(name, map, "a map");
    }
    Labels.Builder builder = Labels.builder(map.size());
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      JsonNode value = entry.getValue();
      if (value.isContainerNode()) {
        throw wrong(name + "." + entry.getKey(), value, "a string");
      }
      builder.set(share.apply(entry.getKey()), value.isNull() ? "" : share.apply(value.asText()));
    }
    return builder.build();
  }
}
