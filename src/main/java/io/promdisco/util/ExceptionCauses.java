package io.promdisco.util;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads causes and messages of exceptions. */
public final class ExceptionCauses {
  /** Causes of exceptions may form a cycle. */
  private static final int DEEPEST = 20;

  private ExceptionCauses() {}

  /** Returns the first line of its message, or {@code otherwise} if it has none. */
  public static String detail(Throwable problem, String otherwise) {
    String message = problem.getMessage();
    if (message == null || message.isBlank()) {
      return otherwise;
    }
    int line = message.indexOf('\n');
    return (line < 0 ? message : message.substring(0, line)).strip();
  }

  /**
   * Returns a message of the JSON parser without the unquoted word in it, which may be a secret,
   * because the text may be a file with a token.
   */
  public static String ofJson(String message) {
    return message.startsWith("Unrecognized token ")
        ? "a word without quotes (expected: a list, an object, text in quotes, a number,"
            + " true, false or null)"
        : message;
  }

  /**
   * Returns a sentence without its initial capital letter, to use it as part of another sentence.
   */
  public static String lower(String text) {
    boolean sentence =
        text.length() > 1
            && Character.isUpperCase(text.charAt(0))
            && !Character.isUpperCase(text.charAt(1));
    return sentence ? text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1) : text;
  }

  /** Returns the first exception of a type among {@code problem} and its causes, or null. */
  public static <T extends Throwable> @Nullable T find(Throwable problem, Class<T> type) {
    Throwable at = problem;
    for (int depth = 0; at != null && depth < DEEPEST; depth++, at = at.getCause()) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
    }
    return null;
  }
}
