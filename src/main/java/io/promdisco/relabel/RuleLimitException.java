package io.promdisco.relabel;

import java.io.Serial;

/** Thrown if a rule would exceed a limit; it has changed nothing. Has no stack trace. */
final class RuleLimitException extends RuntimeException {
  static final String JOINED = "the joined values of the source labels";
  static final String COMPUTED = "what the rule writes";

  @Serial private static final long serialVersionUID = 1L;

  private RuleLimitException(String message) {
    super(message, null, false, false);
  }

  /**
   * Checks the length of a label's value or name.
   *
   * @param what the name of the text in the message, such as {@code the value}
   */
  static void check(long length, String what) {
    if (length > RelabelLimitException.LONGEST) {
      throw new RuleLimitException(
          what
              + " would have more than "
              + RelabelLimitException.LONGEST
              + " characters (expected: fewer)");
    }
  }

  /** Returns the exception for a regex that needs a deeper stack than the thread has. */
  static RuleLimitException tooDeep() {
    return new RuleLimitException(
        "the regex needs too deep a stack for this value (expected: fewer alternatives or"
            + " repetitions)");
  }

  /** Checks the number of labels and the length of their names after a labelmap. */
  static void checkLabels(long labels, long charactersOfNames) {
    if (labels > RelabelLimitException.MOST_LABELS) {
      throw new RuleLimitException(
          "the target would have more than "
              + RelabelLimitException.MOST_LABELS
              + " labels (expected: fewer)");
    }
    if (charactersOfNames > RelabelLimitException.MOST_CHARACTERS_OF_NAMES) {
      throw new RuleLimitException(
          "the names of the target's labels would have more than "
              + RelabelLimitException.MOST_CHARACTERS_OF_NAMES
              + " characters (expected: fewer)");
    }
  }
}
