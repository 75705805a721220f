package io.promdisco.monitors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An object in the specification of a resource. Null counts as missing; a value of another type
 * than the CRD says is an error, which names its path.
 */
final class SpecNode {
  private final String path;
  private final ObjectNode fields;

  private SpecNode(String path, ObjectNode fields) {
    this.path = path;
    this.fields = fields;
  }

  /**
   * Returns the object {@code node}; an empty one if it is null or missing.
   *
   * @throws InvalidMonitorException if it is no object
   */
  static SpecNode of(String path, @Nullable JsonNode node) throws InvalidMonitorException {
    if (node == null || node.isNull() || node.isMissingNode()) {
      return empty(path);
    }
    if (node instanceof ObjectNode object) {
      return new SpecNode(path, object);
    }
    throw wrongType(path, node, "an object");
  }

  /** Returns an object without fields. */
  static SpecNode empty(String path) {
    return new SpecNode(path, JsonNodeFactory.instance.objectNode());
  }

  private static InvalidMonitorException wrongType(String path, JsonNode node, String expected) {
    return new InvalidMonitorException(
        path
            + ": "
            + node.getNodeType().name().toLowerCase(Locale.ROOT)
            + " (expected: "
            + expected
            + ")");
  }

  /** Returns the same object with other names for some fields, unless the other is there too. */
  SpecNode renamed(Map<String, String> names) {
    ObjectNode copy = JsonNodeFactory.instance.objectNode(); // Not with the factory of a reader.
    copy.setAll(fields);
    names.forEach(
        (written, meant) -> {
          JsonNode value = copy.remove(written);
          if (value != null && !copy.hasNonNull(meant)) {
            copy.set(meant, value);
          }
        });
    return new SpecNode(path, copy);
  }

  /** Returns where this object stands in its resource: {@code spec.endpoints[0]}. */
  String path() {
    return path;
  }

  /** Returns the path of the field {@code name}. */
  String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private @Nullable JsonNode get(String name) {
    JsonNode value = fields.get(name);
    return value == null || value.isNull() ? null : value;
  }

  boolean has(String name) {
    return get(name) != null;
  }

  /** Returns the object {@code name}; null if it is missing. */
  @Nullable SpecNode child(String name) throws InvalidMonitorException {
    JsonNode value = get(name);
    return value == null ? null : of(at(name), value);
  }

  /** Returns the object {@code name}; an empty one if it is missing. */
  SpecNode section(String name) throws InvalidMonitorException {
    return of(at(name), get(name));
  }

  /** Returns the objects of the list {@code name}; none if it is missing. */
  List<SpecNode> items(String name) throws InvalidMonitorException {
    List<SpecNode> items = new ArrayList<>();
    int index = 0;
    for (JsonNode item : list(name)) {
      items.add(of(at(name) + "[" + index + "]", item));
      index++;
    }
    return items;
  }

  private Iterable<JsonNode> list(String name) throws InvalidMonitorException {
    JsonNode value = get(name);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw wrongType(at(name), value, "a list");
    }
    return value;
  }

  /** Returns the string {@code name}; null if it is missing. */
  @Nullable String text(String name) throws InvalidMonitorException {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    if (!value.isTextual()) {
      throw wrongType(at(name), value, "a string");
    }
    return value.textValue();
  }

  /** Returns the string {@code name}; the empty one if it is missing. */
  String textOrEmpty(String name) throws InvalidMonitorException {
    String text = text(name);
    return text == null ? "" : text;
  }

  /** Returns the number or the string {@code name} as text; null if it is missing. */
  @Nullable String textOrNumber(String name) throws InvalidMonitorException {
    JsonNode value = get(name);
    return value != null && value.isNumber() ? value.asText() : text(name);
  }

  boolean isNumber(String name) {
    JsonNode value = get(name);
    return value != null && value.isNumber();
  }

  /** Returns the boolean {@code name}; null if it is missing. */
  @Nullable Boolean flag(String name) throws InvalidMonitorException {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    if (!value.isBoolean()) {
      throw wrongType(at(name), value, "true or false");
    }
    return value.booleanValue();
  }

  boolean flag(String name, boolean otherwise) throws InvalidMonitorException {
    Boolean flag = flag(name);
    return flag == null ? otherwise : flag;
  }

  /** Returns the integer {@code name}; null if it is missing. */
  @Nullable Long number(String name) throws InvalidMonitorException {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    if (!value.isNumber() || !value.canConvertToExactIntegral() || !value.canConvertToLong()) {
      throw wrongType(at(name), value, "an integer");
    }
    return value.longValue();
  }

  /** Returns the strings of the list {@code name}; none if it is missing. */
  List<String> texts(String name) throws InvalidMonitorException {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : list(name)) {
      texts.add(text(at(name), item));
    }
    return texts;
  }

  private static String text(String path, JsonNode item) throws InvalidMonitorException {
    if (item.isNull()) {
      return "";
    }
    if (!item.isTextual()) {
      throw wrongType(path, item, "a string");
    }
    return item.textValue();
  }

  /** Returns the strings of the map {@code name} by key; none if it is missing. */
  Map<String, String> textMap(String name) throws InvalidMonitorException {
    Map<String, String> map = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : section(name).fields.properties()) {
      map.put(entry.getKey(), text(at(name) + "." + entry.getKey(), entry.getValue()));
    }
    return map;
  }

  /** Returns the lists of strings of the map {@code name} by key; none if it is missing. */
  Map<String, List<String>> textLists(String name) throws InvalidMonitorException {
    SpecNode map = section(name);
    Map<String, List<String>> lists = new TreeMap<>();
    for (String key : map.names()) {
      lists.put(key, map.texts(key));
    }
    return lists;
  }

  /** Returns the names of the fields, sorted. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    fields.fieldNames().forEachRemaining(names::add);
    names.sort(null);
    return names;
  }

  /** Returns the string, integer or boolean {@code name}; null if it is missing. */
  @Nullable Object scalar(String name) throws InvalidMonitorException {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    return value.isBoolean() ? flag(name) : value.isNumber() ? number(name) : text(name);
  }
}
