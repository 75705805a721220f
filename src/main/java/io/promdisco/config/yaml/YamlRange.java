package io.promdisco.config.yaml;

import io.promdisco.Internal;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The part of a file that contains a key and its value, for programs that rewrite it. Lines count
 * from 1. Columns count from 1, in code points. The end is the place after the last character.
 *
 * @param keyLine line of the key
 * @param keyColumn column of the key
 * @param startLine line in which the value begins
 * @param startColumn column at which the value begins
 * @param endLine line in which the value ends, without comments after it
 * @param endColumn column before which the value ends
 * @hidden
 */
@Internal
public record YamlRange(
    int keyLine, int keyColumn, int startLine, int startColumn, int endLine, int endColumn) {

  /** Returns null if the value is not written after its key, because it is an alias. */
  static @Nullable YamlRange of(NodeTuple tuple) {
    Mark key = tuple.getKeyNode().getStartMark();
    Mark start = tuple.getValueNode().getStartMark();
    Mark end = end(tuple.getValueNode());
    if (key == null || start == null || end == null || isBefore(start, key)) {
      return null;
    }
    return new YamlRange(
        key.getLine() + 1,
        key.getColumn() + 1,
        start.getLine() + 1,
        start.getColumn() + 1,
        end.getLine() + 1,
        end.getColumn() + 1);
  }

  private static boolean isBefore(Mark a, Mark b) {
    return a.getLine() < b.getLine()
        || (a.getLine() == b.getLine() && a.getColumn() < b.getColumn());
  }

  /** The parser reports that a block collection ends where the next node begins. */
  private static @Nullable Mark end(Node node) {
    if (!(node instanceof CollectionNode<?> block)
        || block.getFlowStyle() == org.yaml.snakeyaml.DumperOptions.FlowStyle.FLOW) {
      return node.getEndMark();
    }
    Node last = null;
    if (node instanceof SequenceNode list && !list.getValue().isEmpty()) {
      last = list.getValue().get(list.getValue().size() - 1);
    } else if (node instanceof MappingNode map && !map.getValue().isEmpty()) {
      last = map.getValue().get(map.getValue().size() - 1).getValueNode();
    }
    // An alias is the same object as its node, which begins earlier, or is this collection itself.
    if (last == null
        || last.getStartMark() == null
        || !isBefore(node.getStartMark(), last.getStartMark())) {
      return node.getEndMark();
    }
    return end(last);
  }
}
