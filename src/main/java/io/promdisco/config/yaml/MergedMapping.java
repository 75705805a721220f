package io.promdisco.config.yaml;

import io.promdisco.config.ProblemKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The keys of a mapping, each with its values in the order in which they apply. YAML merges ({@code
 * <<}) add values that override the mapping's own, or are overridden by them.
 *
 * <p>In a section, the position of a merge counts: it overrides the section's keys before it, and
 * keys after it override the merge. In a list of merges, the first wins. In a map, every key may be
 * set only once, merged or not.
 */
final class MergedMapping {
  private static final int DEEPEST_MERGE = 100;

  private final Map<String, List<NodeTuple>> values = new LinkedHashMap<>();
  private final String path;
  private final ProblemCollector problems;
  private final boolean section;

  private MergedMapping(String path, ProblemCollector problems, boolean section) {
    this.path = path;
    this.problems = problems;
    this.section = section;
  }

  /**
   * Returns the keys of a section that is written as these mappings; later ones override earlier
   * ones.
   */
  static MergedMapping ofSection(
      List<MappingNode> mappings, String path, ProblemCollector problems) {
    MergedMapping layers = new MergedMapping(path, problems, true);
    mappings.forEach(mapping -> layers.add(mapping, 0));
    return layers;
  }

  /** Returns the keys of a map that is written as these mappings together. */
  static MergedMapping ofMap(List<MappingNode> mappings, String path, ProblemCollector problems) {
    MergedMapping layers = new MergedMapping(path, problems, false);
    mappings.forEach(mapping -> layers.add(mapping, 0));
    return layers;
  }

  Set<String> keys() {
    return values.keySet();
  }

  /** Passes every key with its effective value to {@code sink}. */
  void forEach(BiConsumer<String, NodeTuple> sink) {
    values.forEach((key, tuples) -> sink.accept(key, tuples.get(tuples.size() - 1)));
  }

  /** the effective value with its key; null if there is none */
  @Nullable NodeTuple last(String key) {
    List<NodeTuple> tuples = values.get(key);
    return tuples == null ? null : tuples.get(tuples.size() - 1);
  }

  /** Returns the overridden values of a key; these must have the right type too. */
  List<Node> overridden(String key) {
    List<NodeTuple> tuples = values.getOrDefault(key, List.of());
    return tuples.subList(0, Math.max(0, tuples.size() - 1)).stream()
        .map(NodeTuple::getValueNode)
        .toList();
  }

  /** Returns the values of a key after its last null. */
  List<Node> since(String key) {
    List<Node> nodes = new ArrayList<>();
    for (NodeTuple tuple : values.getOrDefault(key, List.of())) {
      if (ConfigScalars.isNull(tuple.getValueNode())) {
        nodes.clear();
        if (ConfigScalars.isCheckedNull(tuple.getValueNode())) {
          nodes.add(Section.emptyMapping(tuple.getValueNode()));
        }
      } else {
        nodes.add(tuple.getValueNode());
      }
    }
    return nodes;
  }

  private void add(MappingNode mapping, int depth) {
    problems.reads(mapping, mapping.getValue().size());
    Set<String> own = new HashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (ConfigScalars.isMerge(tuple.getKeyNode())) {
        merge(tuple.getValueNode(), depth + 1, !isAlias(tuple));
      } else if (tuple.getKeyNode() instanceof ScalarNode key) {
        put(ConfigScalars.isNull(key) ? "" : ConfigScalars.text(key), tuple, own);
      } else {
        problems.error(
            tuple.getKeyNode(),
            ProblemKind.WRONG_TYPE,
            path,
            "a key that is not text (expected: a name)");
      }
    }
  }

  /** Whether the value is an alias of a node before its key. */
  private static boolean isAlias(NodeTuple tuple) {
    return tuple.getValueNode().getStartMark().getIndex()
        < tuple.getKeyNode().getStartMark().getIndex();
  }

  private void put(String key, NodeTuple tuple, Set<String> own) {
    if (section ? !own.add(key) : values.containsKey(key)) {
      String message =
          section
              ? "field " + key + " already set (expected: once)"
              : "key \"" + key + "\" already set in map (expected: once)";
      problems.error(
          tuple.getKeyNode(),
          ProblemKind.REPEATED_KEY,
          path.isEmpty() ? key : path + "." + key,
          message);
    }
    values.computeIfAbsent(key, any -> new ArrayList<>(1)).add(tuple);
  }

  private void merge(Node value, int depth, boolean listAllowed) {
    if (depth > DEEPEST_MERGE) {
      problems.error(
          value, path, "merges nested too deeply (expected: at most " + DEEPEST_MERGE + ")");
    } else if (value instanceof MappingNode mapping) {
      add(mapping, depth);
    } else if (value instanceof SequenceNode list && listAllowed) {
      problems.reads(list, list.getValue().size());
      for (int i = list.getValue().size() - 1; i >= 0; i--) {
        merge(list.getValue().get(i), depth, false);
      }
    } else {
      problems.error(value, path, "map merge requires map or sequence of maps as the value");
    }
  }
}
