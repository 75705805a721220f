package io.promdisco.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Checks values that were built in code. */
final class BuilderChecks {
  private BuilderChecks() {}

  /**
   * Runs a check.
   *
   * @param what names the value in messages, such as {@code job "web"}
   * @throws IllegalArgumentException with a line for each problem, if there is one
   */
  static void check(String what, Consumer<FieldProblems> check) {
    List<String> problems = new ArrayList<>();
    check.accept(
        (field, message) ->
            problems.add(what + ": " + (field.isEmpty() ? "" : field + ": ") + message));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
  }

  /** Reports entries that are null, and returns the others. */
  static <T> List<T> withoutNulls(
      String field, Iterable<? extends @Nullable T> entries, FieldProblems problems) {
    List<T> present = new ArrayList<>();
    int index = 0;
    for (T entry : entries) {
      if (entry == null) {
        problems.note(field + "[" + index + "]", "null (expected: a value)");
      } else {
        present.add(entry);
      }
      index++;
    }
    return present;
  }
}
