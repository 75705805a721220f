package io.promdisco.config;

import io.promdisco.model.PrometheusDuration;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A mapping of the file while it is read: gives the value of each key in the type that is asked
 * for, notes what is of another type, and in the end which keys nobody asked for.
 *
 * <p>A key that is missing gives the default; one that is written with null gives the type's zero
 * value, as Prometheus reads it.
 */
final class Section {
  private static final int DEEPEST_MERGE = 20;

  /** What Prometheus makes of an unsigned number of more than 64 bits. */
  private static final BigInteger TOO_LARGE = BigInteger.ONE.shiftLeft(63);

  private final MappingNode node;
  private final String path;
  private final Problems problems;
  private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();

  Section(MappingNode node, String path, Problems problems) {
    this.node = node;
    this.path = path;
    this.problems = problems;
    collect(node, 0);
  }

  /** A later merge overrides earlier keys of one's own; of a list of merges the first wins. */
  private void collect(MappingNode mapping, int depth) {
    Set<String> own = new LinkedHashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
        merge(tuple.getValueNode(), depth);
      } else if (tuple.getKeyNode() instanceof ScalarNode key) {
        if (!own.add(key.getValue())) {
          problems.error(
              key,
              child(key.getValue()),
              "field " + key.getValue() + " already set (expected: once)");
        }
        entries.put(key.getValue(), tuple);
      } else {
        problems.error(tuple.getKeyNode(), path, "a key that is no text (expected: a name)");
      }
    }
  }

  private void merge(Node value, int depth) {
    if (depth == DEEPEST_MERGE) {
      problems.error(
          value, path, "merges nested too deeply (expected: at most " + DEEPEST_MERGE + ")");
    } else if (value instanceof MappingNode mapping) {
      collect(mapping, depth + 1);
    } else if (value instanceof SequenceNode list) {
      for (int i = list.getValue().size() - 1; i >= 0; i--) {
        merge(list.getValue().get(i), depth + 1);
      }
    } else {
      problems.error(value, path, "map merge requires a map or a list of maps as the value");
    }
  }

  Node node() {
    return node;
  }

  String path() {
    return path;
  }

  Problems problems() {
    return problems;
  }

  String child(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** Whether the key was written, be it with null. */
  boolean has(String key) {
    known.add(key);
    return entries.containsKey(key);
  }

  /** Whether the key was written with something else than null. */
  boolean hasText(String key) {
    Node value = value(key);
    return value instanceof ScalarNode scalar && !Scalars.isNull(scalar);
  }

  /** The value's node, or null if the key was not written. */
  @Nullable Node value(String key) {
    known.add(key);
    NodeTuple tuple = entries.get(key);
    return tuple == null ? null : tuple.getValueNode();
  }

  /** The node of the key's value, or of the section if there is none: where a problem is shown. */
  Node place(String key) {
    NodeTuple tuple = entries.get(key);
    return tuple == null ? node : tuple.getValueNode();
  }

  void error(String key, String message) {
    problems.error(place(key), child(key), message);
  }

  /** Every key that was written and that nobody has asked for. */
  List<String> unread() {
    List<String> unread = new ArrayList<>(entries.keySet());
    unread.removeAll(known);
    return unread;
  }

  Node keyNode(String key) {
    NodeTuple tuple = entries.get(key);
    return tuple == null ? node : tuple.getKeyNode();
  }

  /** To be called when everything was asked for: what is left is unknown. */
  void finish() {
    for (String key : unread()) {
      problems.error(
          keyNode(key),
          child(key),
          "field "
              + key
              + " not found (expected: one of "
              + String.join(", ", known)
              + Problems.hint(key, known)
              + ")");
    }
  }

  private <T> T read(
      String key, T missing, T zero, String type, BiFunction<ScalarNode, String, @Nullable T> as) {
    Node value = value(key);
    if (value == null) {
      return missing;
    }
    if (value instanceof ScalarNode scalar) {
      if (Scalars.isNull(scalar)) {
        return zero;
      }
      T result = as.apply(scalar, child(key));
      if (result != null) {
        return result;
      }
    }
    wrongType(value, child(key), type);
    return missing;
  }

  private void wrongType(Node value, String where, String type) {
    problems.error(
        value,
        where,
        "cannot unmarshal " + kind(value) + " into " + type + " (expected: " + article(type) + ")");
  }

  private static String article(String type) {
    return ("aeiou".indexOf(type.charAt(0)) >= 0 ? "an " : "a ") + type;
  }

  private static String kind(Node value) {
    if (value instanceof ScalarNode scalar) {
      String text = scalar.getValue();
      return "!!str `" + (text.length() > 10 ? text.substring(0, 7) + "..." : text) + "`";
    }
    return value instanceof SequenceNode ? "!!seq" : "!!map";
  }

  String string(String key, String missing) {
    return read(key, missing, "", "string", (scalar, where) -> scalar.getValue());
  }

  String string(String key) {
    return string(key, "");
  }

  Secret secret(String key) {
    Node value = value(key);
    if (value != null && !(value instanceof ScalarNode)) {
      problems.error(value, child(key), "a list or map (expected: text)");
      return Secret.NONE;
    }
    String text = string(key);
    return text.isEmpty() ? Secret.NONE : new Secret(text);
  }

  boolean bool(String key, boolean missing) {
    return read(key, missing, false, "bool", (scalar, where) -> Scalars.bool(scalar));
  }

  /** A boolean for which not to be written, or null, means something. */
  @Nullable Boolean optionalBool(String key) {
    Node value = value(key);
    if (value == null || (value instanceof ScalarNode scalar && Scalars.isNull(scalar))) {
      return null;
    }
    return bool(key, false);
  }

  long integer(String key, long missing) {
    return read(
        key,
        missing,
        0L,
        "int",
        (scalar, where) -> {
          BigInteger whole = Scalars.whole(scalar);
          return whole == null || whole.bitLength() > 63 ? null : whole.longValue();
        });
  }

  /** An unsigned number of 64 bits. */
  BigInteger unsigned(String key) {
    return read(
        key,
        BigInteger.ZERO,
        BigInteger.ZERO,
        "uint",
        (scalar, where) -> {
          BigInteger whole = Scalars.whole(scalar);
          if (whole == null || whole.signum() < 0) {
            return null;
          }
          return whole.bitLength() > 64 ? TOO_LARGE : whole;
        });
  }

  double number(String key) {
    return read(key, 0.0, 0.0, "float64", (scalar, where) -> Scalars.number(scalar));
  }

  Duration duration(String key, Duration missing) {
    Node value = value(key);
    if (!(value instanceof ScalarNode scalar)) {
      if (value != null) {
        wrongType(value, child(key), "string");
      }
      return missing;
    }
    if (Scalars.isNull(scalar)) {
      return Duration.ZERO;
    }
    try {
      return PrometheusDuration.parse(scalar.getValue());
    } catch (IllegalArgumentException e) {
      problems.error(
          value, child(key), e.getMessage() + " (expected: a duration as 15s, 1m30s or 500ms)");
      return missing;
    }
  }

  /** A list of texts; null if it was not written or is null. */
  @Nullable List<String> strings(String key) {
    Node value = value(key);
    if (value == null || (value instanceof ScalarNode scalar && Scalars.isNull(scalar))) {
      return null;
    }
    if (!(value instanceof SequenceNode list)) {
      wrongType(value, child(key), "list of strings");
      return null;
    }
    return strings(list, child(key));
  }

  private List<String> strings(SequenceNode list, String where) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < list.getValue().size(); i++) {
      Node item = list.getValue().get(i);
      if (item instanceof ScalarNode scalar) {
        texts.add(Scalars.isNull(scalar) ? "" : scalar.getValue());
      } else {
        wrongType(item, where + "[" + i + "]", "string");
      }
    }
    return texts;
  }

  /** The keys and values of a map, in order; a key that is given twice is a problem. */
  Map<String, Node> map(String key) {
    Node value = value(key);
    Map<String, Node> map = new LinkedHashMap<>();
    if (value == null || (value instanceof ScalarNode scalar && Scalars.isNull(scalar))) {
      return map;
    }
    if (!(value instanceof MappingNode mapping)) {
      wrongType(value, child(key), "map");
      return map;
    }
    collectMap(mapping, child(key), map, 0);
    return map;
  }

  private void collectMap(MappingNode mapping, String where, Map<String, Node> map, int depth) {
    for (NodeTuple tuple : mapping.getValue()) {
      Node keyNode = tuple.getKeyNode();
      if (keyNode.getTag().equals(Tag.MERGE) && depth < DEEPEST_MERGE) {
        collectMerged(tuple.getValueNode(), where, map, depth + 1);
      } else if (!(keyNode instanceof ScalarNode name)) {
        problems.error(keyNode, where, "a key that is no text (expected: a name)");
      } else if (map.put(name.getValue(), tuple.getValueNode()) != null) {
        problems.error(
            keyNode, where, "key \"" + name.getValue() + "\" already set in map (expected: once)");
      }
    }
  }

  private void collectMerged(Node value, String where, Map<String, Node> map, int depth) {
    if (value instanceof MappingNode mapping) {
      collectMap(mapping, where, map, depth);
    } else if (value instanceof SequenceNode list) {
      Map<String, Node> merged = new LinkedHashMap<>();
      for (Node item : list.getValue()) {
        if (item instanceof MappingNode mapping) {
          Map<String, Node> one = new LinkedHashMap<>();
          collectMap(mapping, where, one, depth);
          one.forEach(merged::putIfAbsent);
        }
      }
      map.putAll(merged);
    } else {
      problems.error(value, where, "map merge requires a map or a list of maps as the value");
    }
  }

  /** A map of texts. */
  Map<String, String> stringMap(String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    map(key)
        .forEach(
            (name, value) -> {
              if (value instanceof ScalarNode scalar) {
                texts.put(name, Scalars.isNull(scalar) ? "" : scalar.getValue());
              } else {
                wrongType(value, child(key) + "." + name, "string");
              }
            });
    return texts;
  }

  /** A map of lists of texts. */
  Map<String, List<String>> stringListMap(String key) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    map(key)
        .forEach(
            (name, value) -> {
              String where = child(key) + "." + name;
              if (value instanceof SequenceNode list) {
                lists.put(name, strings(list, where));
              } else if (value instanceof ScalarNode scalar && Scalars.isNull(scalar)) {
                lists.put(name, List.of());
              } else {
                wrongType(value, where, "list of strings");
              }
            });
    return lists;
  }

  /** A nested section; null if it was not written or is null. */
  @Nullable Section section(String key) {
    Node value = value(key);
    return value == null ? null : of(value, child(key), problems);
  }

  /** A value as a section; null if it is null, or of another type, which is a problem. */
  static @Nullable Section of(Node value, String path, Problems problems) {
    if (value instanceof MappingNode mapping) {
      return new Section(mapping, path, problems);
    }
    if (!(value instanceof ScalarNode scalar) || !Scalars.isNull(scalar)) {
      problems.error(
          value,
          path,
          "cannot unmarshal " + kind(value) + " into a section (expected: keys and values)");
    }
    return null;
  }

  /** An entry of a list of sections. */
  record Item(Node node, String path, @Nullable Section section) {}

  /** A list of sections; an entry without one was null or of another type. */
  List<Item> sections(String key) {
    List<Item> items = new ArrayList<>();
    Node value = value(key);
    if (value == null || (value instanceof ScalarNode scalar && Scalars.isNull(scalar))) {
      return items;
    }
    if (!(value instanceof SequenceNode list)) {
      problems.error(
          value,
          child(key),
          "cannot unmarshal " + kind(value) + " into a list (expected: - entries)");
      return items;
    }
    for (int i = 0; i < list.getValue().size(); i++) {
      Node item = list.getValue().get(i);
      String where = child(key) + "[" + i + "]";
      items.add(new Item(item, where, of(item, where, problems)));
    }
    return items;
  }
}
