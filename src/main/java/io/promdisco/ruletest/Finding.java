package io.promdisco.ruletest;

import io.promdisco.model.Position;
import java.util.List;

/**
 * Something that is not as a test expects it.
 *
 * @param kind what
 * @param position where the expectation is written
 * @param message what was found, for people
 * @param differences value by value, if a target comes near
 */
public record Finding(Kind kind, Position position, String message, List<Difference> differences) {
  /** What differs from what was expected. */
  public enum Kind {
    /** A target is not there, or otherwise. */
    MISSING,
    /** A target is there that is not expected. */
    UNEXPECTED,
    /** A target is not dropped, or by another rule, or was not discovered. */
    NOT_DROPPED
  }

  /**
   * One value.
   *
   * @param what {@code url} or {@code label NAME}
   * @param expected empty: it must not be there
   * @param found empty: it is not there
   */
  public record Difference(String what, String expected, String found) {}

  /** Copies the list. */
  public Finding {
    differences = List.copyOf(differences);
  }
}
