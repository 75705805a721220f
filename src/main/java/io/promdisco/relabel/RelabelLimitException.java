package io.promdisco.relabel;

import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a rule would have exceeded the limits of a target's labels. The rule has changed
 * nothing, and no later rule has dropped the target. Prometheus has no such limits; without them,
 * rules that double a value or the number of labels fill the memory. The message contains the place
 * of the rule. Has no stack trace.
 */
public final class RelabelLimitException extends RuntimeException {
  /**
   * The maximum number of characters in a value or name that a rule writes, and in several joined
   * source labels: 1,048,576.
   */
  public static final int LONGEST = 1 << 20;

  /** The maximum number of labels of a target after a {@code labelmap}: 100,000. */
  public static final int MOST_LABELS = 100_000;

  /**
   * The maximum number of characters in all label names of a target after a {@code labelmap}:
   * 16,777,216.
   */
  public static final int MOST_CHARACTERS_OF_NAMES = 16 << 20;

  @Serial private static final long serialVersionUID = 1L;

  private RelabelLimitException(String message) {
    super(message, null, false, false);
  }

  /** Returns the first of two problems of one target. */
  static RelabelLimitException first(
      @Nullable RelabelLimitException before,
      List<RelabelRule> rules,
      int index,
      RuleLimitException problem) {
    return before != null
        ? before
        : new RelabelLimitException(place(rules.get(index), index) + ": " + problem.getMessage());
  }

  private static String place(RelabelRule rule, int index) {
    String place = rule.position().map(Object::toString).orElse("relabel_configs[" + index + "]");
    return place + ": " + rule.action().text();
  }
}
