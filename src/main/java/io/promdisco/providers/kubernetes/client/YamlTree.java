package io.promdisco.providers.kubernetes.client;

import io.promdisco.http.TextFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

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
      root = new Yaml(new SafeConstructor(new LoaderOptions())).load(TextFiles.read(file));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      throw new IOException(what + ": line " + line + ": not YAML", e);
    } catch (YAMLException e) {
      throw new IOException(what + ": not YAML", e);
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
    if (!text.isEmpty() && !text.equals("true") && !text.equals("false")) {
      throw new IOException(place + ": " + key + ": " + text + " (expected true or false)");
    }
    return text.equals("true");
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
