package io.promdisco.providers.kubernetes.client.kubeconfig;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.providers.kubernetes.client.decode.KubernetesYamlScalars;
import io.promdisco.util.SmallFiles;
import io.promdisco.yaml.YamlComposer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A mapping in a YAML or JSON text, with the types of Kubernetes clients: a string, a number and a
 * boolean differ. A missing or null value reads as empty; a value of the wrong type is an {@link
 * IOException} with file and path.
 */
final class YamlMapping {
  private static final int LARGEST = 16 << 20;
  private static final int DEEPEST = 50;

  private final Map<?, ?> map;
  private final String place;

  private YamlMapping(Map<?, ?> map, String place) {
    this.map = map;
    this.place = place;
  }

  /**
   * Reads the first document of a file.
   *
   * @param what the name of the file in errors
   * @param expected the expected content of the file, for errors
   */
  static YamlMapping read(Path file, String what, String expected) throws IOException {
    byte[] bytes;
    try {
      bytes = SmallFiles.bytes(file);
    } catch (IOException e) {
      throw new IOException(
          what + ": " + String.valueOf(e.getMessage()).replace(file + ": ", ""), e);
    }
    try {
      return parse(decoded(bytes), what, expected);
    } catch (CharacterCodingException e) {
      throw new IOException(what + ": not a text in UTF-8", e);
    }
  }

  /** Decodes UTF-8, or UTF-16 with a byte order mark. */
  private static String decoded(byte[] bytes) throws CharacterCodingException {
    int mark = bytes.length < 2 ? 0 : (bytes[0] & 0xff) << 8 | (bytes[1] & 0xff);
    boolean isUtf16 = mark == 0xfeff || mark == 0xfffe;
    CharsetDecoder decoder = (isUtf16 ? UTF_16 : UTF_8).newDecoder();
    String text = decoder.decode(ByteBuffer.wrap(bytes)).toString();
    return (text.startsWith("\uFEFF") ? text.substring(1) : text).strip();
  }

  /** Reads the first document of a text. */
  static YamlMapping parse(String text, String what, String expected) throws IOException {
    Object root = value(text, what);
    if (root == null) {
      return new YamlMapping(Map.of(), what);
    }
    if (!(root instanceof Map<?, ?> map)) {
      throw new IOException(what + ": " + kind(root) + " (expected: " + expected + ")");
    }
    return new YamlMapping(map, what);
  }

  /** A separate class, so that a YAML file does not load the 400 classes of Jackson's mapper. */
  private static final class Json {
    static final ObjectMapper MAPPER =
        new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }

  private static @Nullable Object value(String text, String what) throws IOException {
    if (text.startsWith("{")) {
      try {
        return Json.MAPPER.readValue(text, Object.class);
      } catch (JsonProcessingException e) {
        // YAML allows such mappings too.
      }
    }
    try {
      return new Values().of(document(text));
    } catch (MarkedYAMLException e) {
      // Its message quotes the line, which may contain a token.
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      throw new IOException(what + ": line " + line + ": not YAML");
    } catch (RuntimeException e) {
      throw new IOException(what + ": not YAML");
    }
  }

  private static @Nullable Node document(String text) {
    return new YamlComposer(text.getBytes(UTF_8), DEEPEST, LARGEST).compose().orElse(null);
  }

  private static boolean isMerge(Node key) {
    return key instanceof ScalarNode scalar
        && scalar.getValue().equals("<<")
        && (scalar.getTag().equals(YamlComposer.PLAIN) || scalar.getTag().equals(Tag.MERGE));
  }

  /** Returns a string, a boolean, a number, or null. */
  private static @Nullable Object scalar(ScalarNode node) {
    boolean untyped = node.getTag().equals(YamlComposer.PLAIN);
    boolean tagged = !untyped && !node.getTag().equals(YamlComposer.QUOTED);
    String tag = tagged ? node.getTag().getValue() : null;
    JsonNode value = KubernetesYamlScalars.typed(tag, untyped, node.getValue());
    return switch (value.getNodeType()) {
      case BOOLEAN -> value.booleanValue();
      case NUMBER -> value.isIntegralNumber() ? value.bigIntegerValue() : value.numberValue();
      case NULL -> null;
      default -> value.textValue();
    };
  }

  /**
   * Converts nodes to maps, lists and scalars. Converts the node of an alias only once. The last of
   * two equal keys is used; merged keys count as being at the place of the merge key.
   */
  private static final class Values {
    private final IdentityHashMap<Node, Object> made = new IdentityHashMap<>();
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());

    @Nullable Object of(@Nullable Node node) {
      if (node instanceof ScalarNode scalar) {
        return scalar(scalar);
      }
      Object known = node == null ? null : made.get(node);
      if (node == null || known != null) {
        return known;
      }
      if (!open.add(node)) {
        throw new IllegalArgumentException("an anchor that contains itself");
      }
      Object value = node instanceof SequenceNode list ? list(list) : map((MappingNode) node);
      open.remove(node);
      made.put(node, value);
      return value;
    }

    private List<@Nullable Object> list(SequenceNode node) {
      List<@Nullable Object> list = new ArrayList<>();
      node.getValue().forEach(value -> list.add(of(value)));
      return list;
    }

    private Map<Object, @Nullable Object> map(MappingNode node) {
      Map<Object, @Nullable Object> map = new LinkedHashMap<>();
      for (NodeTuple tuple : node.getValue()) {
        if (isMerge(tuple.getKeyNode())) {
          merge(map, of(tuple.getValueNode()));
        } else {
          map.put(String.valueOf(of(tuple.getKeyNode())), of(tuple.getValueNode()));
        }
      }
      return map;
    }

    private static void merge(Map<Object, @Nullable Object> into, @Nullable Object merged) {
      if (merged instanceof List<?> list) {
        for (int i = list.size() - 1; i >= 0; i--) { // in a list, the first wins
          if (!(list.get(i) instanceof List)) {
            merge(into, list.get(i));
          }
        }
      } else if (merged instanceof Map<?, ?> map) {
        into.putAll(map);
      } else {
        throw new IllegalArgumentException("<<: neither a mapping nor a list of mappings");
      }
    }
  }

  /** Returns the place of this mapping, for errors. */
  String place() {
    return place;
  }

  /** Whether {@code key} has a value that is neither null nor an empty string. */
  boolean has(String key) {
    Object value = map.get(key);
    return value != null && !"".equals(value);
  }

  /** Returns a string; empty if missing. */
  String text(String key) throws IOException {
    return text(map.get(key), key);
  }

  private String text(@Nullable Object value, String key) throws IOException {
    if (value == null) {
      return "";
    }
    if (value instanceof String text) {
      return text;
    }
    boolean container = value instanceof Map || value instanceof List;
    throw wrong(key, value, container ? "a string" : "a string, in quotes");
  }

  /** Returns a boolean; false if missing. */
  boolean flag(String key) throws IOException {
    Object value = map.get(key);
    if (value == null) {
      return false;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key, value, "true or false without quotes");
  }

  /** Returns decoded base64; empty if missing. */
  byte[] data(String key) throws IOException {
    String text = text(key).replace("\n", "").replace("\r", "");
    try {
      if (text.length() % 4 != 0) {
        throw new IllegalArgumentException("no padding");
      }
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(place + ": " + key + ": not base64", e);
    }
  }

  /** Returns a mapping; empty if missing. */
  YamlMapping tree(String key) throws IOException {
    return tree(key, place + ": " + key);
  }

  /** Returns a mapping that errors call {@code name}; empty if missing. */
  YamlMapping tree(String key, String name) throws IOException {
    return of(map.get(key), name);
  }

  private static YamlMapping of(@Nullable Object value, String place) throws IOException {
    if (value == null) {
      return new YamlMapping(Map.of(), place);
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw new IOException(place + ": " + kind(value) + " (expected: a mapping)");
    }
    return new YamlMapping(map, place);
  }

  /** Returns a list of mappings. */
  List<YamlMapping> trees(String key) throws IOException {
    List<YamlMapping> trees = new ArrayList<>();
    for (Object value : list(key)) {
      trees.add(of(value, place + ": " + key));
    }
    return trees;
  }

  /** Returns a list of strings. */
  List<String> texts(String key) throws IOException {
    List<String> texts = new ArrayList<>();
    for (Object value : list(key)) {
      texts.add(text(value, key));
    }
    return texts;
  }

  private List<?> list(String key) throws IOException {
    Object value = map.get(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      throw wrong(key, value, "a list");
    }
    return list;
  }

  /** Returns the keys in order. */
  List<String> keys() {
    return map.keySet().stream().map(String::valueOf).toList();
  }

  /** Returns a value of any type: string, number, boolean, list or map; null if missing. */
  @Nullable Object value(String key) {
    return map.get(key);
  }

  private IOException wrong(String key, Object value, String expected) {
    return new IOException(
        place + ": " + key + ": " + kind(value) + " (expected: " + expected + ")");
  }

  /** Returns the type of a value; the value itself may be a secret. */
  private static String kind(Object value) {
    if (value instanceof Map) {
      return "a mapping";
    }
    if (value instanceof List) {
      return "a list";
    }
    return value instanceof Boolean
        ? "a boolean"
        : value instanceof Number ? "a number" : "a string";
  }
}
