package io.promdisco.monitors;

import io.promdisco.yaml.YamlComposer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Makes of a tree the nodes that the reader would make of a document with these values, without
 * writing and reading the document: that takes twice as long as everything else.
 */
final class TreeNodes {
  /** Stands for the number of the shard, which is 0. */
  static final String SHARD = "$(SHARD)";

  private static final String SHARD_REGEX = SHARD + RuleList.SHARD_OR_ALL;
  private static final Mark NOWHERE = new Mark("", 0, 0, 0, new int[0], 0);

  private TreeNodes() {}

  static MappingNode mapping(Map<?, ?> map) {
    List<NodeTuple> tuples = new ArrayList<>(map.size());
    map.forEach((key, value) -> tuples.add(new NodeTuple(text(String.valueOf(key)), node(value))));
    return new MappingNode(Tag.MAP, true, tuples, NOWHERE, NOWHERE, FlowStyle.BLOCK);
  }

  private static Node node(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return mapping(map);
    }
    if (value instanceof List<?> list) {
      List<Node> items = new ArrayList<>(list.size());
      list.forEach(item -> items.add(node(item)));
      return new SequenceNode(Tag.SEQ, true, items, NOWHERE, NOWHERE, FlowStyle.BLOCK);
    }
    if (value instanceof byte[] bytes) {
      return scalar(Tag.BINARY, Base64.getEncoder().encodeToString(bytes));
    }
    return value instanceof String text
        ? text(text.equals(SHARD_REGEX) ? "0" + RuleList.SHARD_OR_ALL : text)
        : scalar(YamlComposer.PLAIN, String.valueOf(value));
  }

  private static Node text(String text) {
    return scalar(YamlComposer.QUOTED, text);
  }

  private static Node scalar(Tag tag, String value) {
    return new ScalarNode(tag, value, NOWHERE, NOWHERE, ScalarStyle.PLAIN);
  }
}
