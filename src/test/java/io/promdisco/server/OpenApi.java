package io.promdisco.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.Yaml;

/**
 * An OpenAPI description, and a check of documents against it. Stricter than JSON Schema: fields
 * that are not described are errors, and so are schema keywords that this class does not check.
 */
final class OpenApi {
  private static final Set<String> KEYWORDS =
      Set.of(
          "$ref",
          "type",
          "enum",
          "required",
          "properties",
          "additionalProperties",
          "items",
          "format",
          "minimum",
          "description");

  private final JsonNode root;

  /** One path with one method. */
  record Operation(String method, String path, JsonNode described) {
    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  OpenApi(String yaml) {
    root = new ObjectMapper().valueToTree(new Yaml().<Map<String, Object>>load(yaml));
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : root.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        operations.add(
            new Operation(
                method.getKey().toUpperCase(Locale.ROOT), path.getKey(), method.getValue()));
      }
    }
    return operations;
  }

  /** The schema of the answer with this status; a missing node if there is none. */
  JsonNode answer(Operation operation, int status) {
    return resolve(operation.described().path("responses").path(Integer.toString(status)));
  }

  private JsonNode resolve(JsonNode node) {
    JsonNode reference = node.path("$ref");
    return reference.isMissingNode() ? node : root.at(reference.asText().substring(1));
  }

  /** The places where a document differs from the schema, and how. */
  List<String> differences(JsonNode schema, JsonNode value) {
    List<String> found = new ArrayList<>();
    compare(schema, value, "", found);
    return found;
  }

  private void compare(JsonNode unresolved, JsonNode value, String at, List<String> found) {
    JsonNode schema = resolve(unresolved);
    Set<String> unknown = new HashSet<>();
    schema.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(KEYWORDS);
    if (!schema.isObject() || !unknown.isEmpty()) {
      found.add(at + ": the schema is missing or has what is not checked: " + unknown);
    }
    if (!types(schema).contains(type(value))) {
      found.add(at + ": " + value + " (expected " + types(schema) + ")");
    }
    if (schema.has("enum") && !contains(schema.path("enum"), value)) {
      found.add(at + ": " + value + " (expected one of " + schema.path("enum") + ")");
    }
    if (schema.has("minimum") && value.asLong() < schema.path("minimum").asLong()) {
      found.add(at + ": " + value + " (expected " + schema.path("minimum") + " or more)");
    }
    if (schema.path("format").asText().equals("date-time") && value.isTextual()) {
      Instant.parse(value.asText());
    }
    for (int i = 0; value.isArray() && i < value.size(); i++) {
      compare(schema.path("items"), value.path(i), at + "/" + i, found);
    }
    if (value.isObject()) {
      fields(schema, value, at, found);
    }
  }

  private void fields(JsonNode schema, JsonNode value, String at, List<String> found) {
    for (JsonNode name : schema.path("required")) {
      if (!value.has(name.asText())) {
        found.add(at + ": no " + name.asText());
      }
    }
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      JsonNode known = schema.path("properties").path(field.getKey());
      JsonNode described = known.isMissingNode() ? schema.path("additionalProperties") : known;
      compare(described, field.getValue(), at + "/" + field.getKey(), found);
    }
  }

  private static boolean contains(JsonNode values, JsonNode value) {
    for (JsonNode each : values) {
      if (each.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static List<String> types(JsonNode schema) {
    List<String> types = new ArrayList<>();
    JsonNode type = schema.path("type");
    if (type.isTextual()) {
      types.add(type.asText());
    }
    type.forEach(each -> types.add(each.asText()));
    return types;
  }

  private static String type(JsonNode value) {
    return value.isInt() || value.isLong()
        ? "integer"
        : value.getNodeType().name().toLowerCase(Locale.ROOT);
  }
}
