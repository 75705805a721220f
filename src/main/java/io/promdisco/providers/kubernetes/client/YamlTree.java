package io.promdisco.providers.kubernetes.client;

import io.promdisco.http.TextFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * A mapping in a YAML file. What is absent reads as empty; what has the wrong type is an {@link
 * IOException} with file and path.
 */
final class YamlTree {
  private final Map<?, ?> map;
  private final String place;

  private YamlTree(Map<?, ?> map, String place) {
    this.map = map;
    this.place = place;
  }

  /** Reads the first document of a file; {@code what} names the file in errors. */
  static YamlTree read(Path file, String what) throws IOException {
    Object root;
    try {
      root = new Values().of(document(TextFiles.read(file)));
    } catch (MarkedYAMLException e) {
      // Its message quotes the line, in which a token may stand.
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      throw new IOException(what + ": line " + line + ": not YAML");
    } catch (RuntimeException e) {
      // SnakeYAML's own, and those that slip out of it, as for !!int "."
      throw new IOException(what + ": not YAML");
    } catch (IOException e) {
      throw new IOException(
          what + ": " + String.valueOf(e.getMessage()).replace(file + ": ", ""), e);
    }
    if (root == null) {
      return new YamlTree(Map.of(), what);
    }
    if (!(root instanceof Map<?, ?> map)) {
      throw new IOException(what + ": not a mapping (expected a kubeconfig)");
    }
    return new YamlTree(map, what);
  }

  private static @Nullable Node document(String text) {
    LoaderOptions options = new LoaderOptions();
    Composer composer =
        new Composer(new ParserImpl(new StreamReader(text), options), new Texts(), options);
    return composer.checkNode() ? composer.getNode() : null;
  }

  /** Leaves scalars as they are written: a token of digits is no number. */
  private static final class Texts extends Resolver {
    @Override
    protected void addImplicitResolvers() {
      addImplicitResolver(Tag.MERGE, MERGE, "<");
      addImplicitResolver(Tag.NULL, NULL, "~nN\0");
      addImplicitResolver(Tag.NULL, EMPTY, null);
    }
  }

  /**
   * Makes maps, lists and texts of nodes. Not SnakeYAML's own, which makes more of scalars, and has
   * the JVM set up {@code java.util.logging}. What is there twice, by an alias, is made once.
   */
  private static final class Values {
    private final IdentityHashMap<Node, Object> made = new IdentityHashMap<>();

    @Nullable Object of(@Nullable Node node) {
      if (node instanceof ScalarNode scalar) {
        return scalar.getTag().equals(Tag.NULL) ? null : scalar.getValue();
      }
      Object known = node == null ? null : made.get(node);
      if (known != null) {
        return known;
      }
      if (node instanceof SequenceNode sequence) {
        List<@Nullable Object> list = new ArrayList<>();
        made.put(node, list); // before it is full: it may contain itself
        sequence.getValue().forEach(value -> list.add(of(value)));
        return list;
      }
      return node instanceof MappingNode mapping ? map(mapping) : null;
    }

    /** Of a key that is there twice the last counts, and any before those that are merged. */
    private Map<Object, @Nullable Object> map(MappingNode mapping) {
      Map<Object, @Nullable Object> map = new LinkedHashMap<>();
      made.put(mapping, map);
      for (NodeTuple tuple : mapping.getValue()) {
        if (!tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
          map.put(String.valueOf(of(tuple.getKeyNode())), of(tuple.getValueNode()));
        }
      }
      for (NodeTuple tuple : mapping.getValue()) {
        if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
          merge(map, of(tuple.getValueNode()));
        }
      }
      return map;
    }

    private static void merge(Map<Object, @Nullable Object> into, @Nullable Object merged) {
      if (merged instanceof List<?> list) {
        list.stream().filter(value -> !(value instanceof List)).forEach(map -> merge(into, map));
      } else if (merged instanceof Map<?, ?> map && map != into) {
        map.forEach(into::putIfAbsent);
      } else {
        throw new IllegalArgumentException("<<: neither a mapping nor a list of mappings");
      }
    }
  }

  /** Where this mapping stands, for errors. */
  String place() {
    return place;
  }

  boolean has(String key) {
    return map.get(key) != null;
  }

  String text(String key) throws IOException {
    Object value = map.get(key);
    if (value == null) {
      return "";
    }
    if (value instanceof Map || value instanceof List) {
      throw new IOException(place + ": " + key + ": not a text");
    }
    return value.toString();
  }

  boolean flag(String key) throws IOException {
    String text = text(key);
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "", "false", "no", "off" -> false;
      default ->
          throw new IOException(place + ": " + key + ": " + text + " (expected true or false)");
    };
  }

  YamlTree tree(String key) throws IOException {
    return of(map.get(key), place + ": " + key);
  }

  private static YamlTree of(@Nullable Object value, String place) throws IOException {
    if (value == null) {
      return new YamlTree(Map.of(), place);
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw new IOException(place + ": not a mapping");
    }
    return new YamlTree(map, place);
  }

  List<YamlTree> trees(String key) throws IOException {
    List<YamlTree> trees = new ArrayList<>();
    for (Object value : list(key)) {
      trees.add(of(value, place + ": " + key));
    }
    return trees;
  }

  List<String> texts(String key) throws IOException {
    List<String> texts = new ArrayList<>();
    for (Object value : list(key)) {
      texts.add(String.valueOf(value));
    }
    return texts;
  }

  private List<?> list(String key) throws IOException {
    Object value = map.get(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      throw new IOException(place + ": " + key + ": not a list");
    }
    return list;
  }

  /** Everything in it, of whatever type. */
  Map<?, ?> raw() {
    return map;
  }
}
