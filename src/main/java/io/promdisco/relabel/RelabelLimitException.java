package io.promdisco.relabel;

import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule would have exceeded the limits of a target's labels. The rule has changed nothing, and no
 * later rule has dropped the target. Prometheus has no such limits; without them, rules that double
 * a value or the number of labels fill the memory. The message names the rule's place. Has no stack
 * trace.
 */
public final class RelabelLimitException extends RuntimeException {
  /**
   * Characters of a value or name that a rule writes, and of several source labels joined:
   * 1,048,576.
   */
  public static final int LONGEST = 1 << 20;

  /** Labels of a target after a {@code labelmap}: 100,000. */
  public static final int MOST_LABELS = 100_000;

  /** Characters of all names of a target's labels after a {@code labelmap}: 16,777,216. */
  public static final int MOST_CHARACTERS_OF_NAMES = 16 << 20;

  @Serial private static final long serialVersionUID = 1L;

  private RelabelLimitException(String message) {
    super(message, null, false, false);
  }

  /** The first of two problems of one target. */
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
