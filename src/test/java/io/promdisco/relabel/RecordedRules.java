package io.promdisco.relabel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads the rules of a recorded case from JSON or YAML, if their types are right. */
final class RecordedRules {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final BigInteger TOO_LARGE = BigInteger.ONE.shiftLeft(64);

  /** Thrown for a case that is about reading YAML. */
  static final class ReaderNeededException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private RecordedRules() {}

  static List<RelabelSpec> of(JsonNode recorded) throws ReaderNeededException {
    JsonNode rules = recorded.path("relabel_configs");
    if (recorded.has("relabel_configs_yaml")) {
      String yaml = recorded.get("relabel_configs_yaml").asText();
      rules = json(new Yaml(new LoaderOptions()).compose(new StringReader(yaml)));
    }
    List<RelabelSpec> specs = new ArrayList<>();
    for (JsonNode rule : rules) {
      specs.add(spec(rule));
    }
    return specs;
  }

  /** Keeps scalars as they were written; a mapping's own fields win over merged ones. */
  private static JsonNode json(Node node) {
    if (node instanceof SequenceNode sequence) {
      ArrayNode array = JSON.arrayNode();
      sequence.getValue().forEach(item -> array.add(json(item)));
      return array;
    }
    if (node instanceof MappingNode mapping) {
      ObjectNode object = JSON.objectNode();
      for (NodeTuple tuple : mapping.getValue()) {
        String key = ((ScalarNode) tuple.getKeyNode()).getValue();
        JsonNode value = json(tuple.getValueNode());
        if (key.equals("<<")) {
          value.properties().forEach(field -> object.putIfAbsent(field.getKey(), field.getValue()));
        } else {
          object.set(key, value);
        }
      }
      return object;
    }
    return node.getTag().equals(Tag.NULL)
        ? JSON.nullNode()
        : JSON.textNode(((ScalarNode) node).getValue());
  }

  private static RelabelSpec spec(JsonNode rule) throws ReaderNeededException {
    if (!rule.isObject() || rule.path("action").isNull()) {
      throw new ReaderNeededException(); // a null action is refused in other words than ""
    }
    return new RelabelSpec(
        sources(rule.get("source_labels")),
        text(rule.get("separator")),
        text(rule.get("regex")),
        modulus(rule.get("modulus")),
        text(rule.get("target_label")),
        text(rule.get("replacement")),
        text(rule.get("action")),
        null);
  }

  private static @Nullable String text(@Nullable JsonNode node) throws ReaderNeededException {
    if (node == null) {
      return null;
    }
    if (node.isContainerNode()) {
      throw new ReaderNeededException();
    }
    return node.isNull() ? "" : node.asText();
  }

  private static @Nullable List<String> sources(@Nullable JsonNode node)
      throws ReaderNeededException {
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isArray()) {
      throw new ReaderNeededException();
    }
    List<String> sources = new ArrayList<>();
    node.forEach(source -> sources.add(source.asText()));
    if (sources.contains("")) {
      throw new ReaderNeededException(); // "" is refused, null is not
    }
    return sources;
  }

  private static @Nullable Long modulus(@Nullable JsonNode node) throws ReaderNeededException {
    String text = text(node);
    if (text == null || text.isEmpty()) {
      return text == null ? null : Long.valueOf(0);
    }
    BigInteger number = new BigDecimal(text).toBigInteger();
    if (number.signum() < 0 || number.compareTo(TOO_LARGE) >= 0) {
      throw new ReaderNeededException(); // out of range
    }
    return number.longValue();
  }
}
