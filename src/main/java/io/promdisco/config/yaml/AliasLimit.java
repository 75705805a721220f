package io.promdisco.config.yaml;

import io.promdisco.Internal;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Detects a small file that becomes a huge configuration through aliases within aliases. Counts the
 * values that are read, and how many of them were read before. The more values there are, the
 * smaller the share that may come from aliases.
 *
 * <p>The bounds are go-yaml's: nearly all values up to 400,000 values, a tenth from 4,000,000
 * values on.
 *
 * @hidden
 */
@Internal
public final class AliasLimit {
  private static final long FEW = 1_000;
  private static final double MANY = 400_000;
  private static final double VERY_MANY = 4_000_000;

  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private long values;
  private long repeated;

  /**
   * Thrown to stop reading.
   *
   * @hidden
   */
  public static final class ExceededException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Node node;

    ExceededException(Node node) {
      super("document contains excessive aliasing", null, false, false);
      this.node = node;
    }

    /** The place at which the limit was exceeded. */
    public Node node() {
      return node;
    }
  }

  /** Counts a list or mapping that is about to be read. */
  void reads(Node container, int size) {
    values += size + 1L;
    if (!seen.add(container)) {
      repeated += size + 1L;
    }
    if (values > FEW && repeated > allowed() * values) {
      throw new ExceededException(container);
    }
  }

  private double allowed() {
    double excess = Math.max(0, values - MANY) / (VERY_MANY - MANY);
    return Math.max(0.10, 0.99 - 0.89 * excess);
  }
}
