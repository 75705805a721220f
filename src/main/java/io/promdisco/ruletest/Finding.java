package io.promdisco.ruletest;

import io.promdisco.model.Position;
import java.util.List;

/**
 * A difference from the expectation of a test.
 *
 * @param kind the kind of difference
 * @param position the place of the expectation
 * @param message the result, for people
 * @param differences the differing values, if there is a similar target
 */
public record Finding(Kind kind, Position position, String message, List<Difference> differences) {
  /** The kind of difference. */
  public enum Kind {
    /** A target does not exist, or is different. */
    MISSING,
    /** A target exists that is not expected. */
    UNEXPECTED,
    /** A target is not dropped, or is dropped by another rule, or was not discovered. */
    NOT_DROPPED
  }

  /**
   * A differing value.
   *
   * @param what {@code url} or {@code label NAME}
   * @param expected empty if it must not exist
   * @param found empty if it does not exist
   */
  public record Difference(String what, String expected, String found) {}

  /** Copies the list. */
  public Finding {
    differences = List.copyOf(differences);
  }
}
