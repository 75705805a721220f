package io.promdisco.util;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads exceptions: what caused them, and what they say. */
public final class ExceptionCauses {
  /** Exceptions may cause each other in a circle. */
  private static final int DEEPEST = 20;

  private ExceptionCauses() {}

  /** The first line of its message, or {@code otherwise} if it has none. */
  public static String detail(Throwable problem, String otherwise) {
    String message = problem.getMessage();
    if (message == null || message.isBlank()) {
      return otherwise;
    }
    int line = message.indexOf('\n');
    return (line < 0 ? message : message.substring(0, line)).strip();
  }

  /**
   * A message of the JSON parser without the unquoted word that it repeats, which may be a secret:
   * the text may be no JSON at all, but a file with a token.
   */
  public static String ofJson(String message) {
    return message.startsWith("Unrecognized token ")
        ? "a word without quotes (expected: a list, an object, a text, a number, true, false or"
            + " null)"
        : message;
  }

  /** A sentence without its capital letter, as a part of another sentence. */
  public static String lower(String text) {
    boolean sentence =
        text.length() > 1
            && Character.isUpperCase(text.charAt(0))
            && !Character.isUpperCase(text.charAt(1));
    return sentence ? text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1) : text;
  }

  /** The first exception of a type among {@code problem} and what caused it, or null. */
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
