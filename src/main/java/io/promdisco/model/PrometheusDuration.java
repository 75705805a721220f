package io.promdisco.model;

import java.time.Duration;

/**
 * Durations as Prometheus writes them: {@code 1h30m}, {@code 500ms}, {@code 0}. They consist of
 * integers with the units {@code y} (365 days), {@code w}, {@code d}, {@code h}, {@code m}, {@code
 * s} and {@code ms}, each at most once and from long to short; at most about 292 years.
 */
public final class PrometheusDuration {
  private static final int LONGEST_QUOTED = 500;
  private static final long DAY = 24L * 60 * 60 * 1000;

  /** from long to short */
  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};

  private static final long[] MILLIS = {365 * DAY, 7 * DAY, DAY, 60 * 60 * 1000, 60_000, 1000, 1};

  private PrometheusDuration() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException if the text is not a duration; the message is Prometheus's
   */
  public static Duration parse(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException("empty duration string");
    }
    long nanos = 0;
    int lastUnit = -1;
    int at = 0;
    while (at < text.length()) {
      int number = end(text, at, true);
      int unitEnd = end(text, number, false);
      if (number == at || unitEnd == number) {
        throw invalid(text);
      }
      long value = number(text, at, number);
      int unit = unit(text, number, unitEnd);
      if (unit <= lastUnit) {
        throw invalid(text);
      }
      lastUnit = unit;
      nanos = plus(nanos, value, MILLIS[unit] * 1_000_000);
      at = unitEnd;
    }
    return Duration.ofNanos(nanos);
  }

  /** Returns the end of the digits, or of the other characters, that begin at {@code from}. */
  private static int end(String text, int from, boolean digits) {
    int end = from;
    while (end < text.length() && isDigit(text.charAt(end)) == digits) {
      end++;
    }
    return end;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static long number(String text, int from, int to) {
    try {
      return Long.parseUnsignedLong(text, from, to, 10);
    } catch (NumberFormatException e) {
      throw invalid(text);
    }
  }

  private static int unit(String text, int from, int to) {
    String name = text.substring(from, to);
    for (int i = 0; i < UNITS.length; i++) {
      if (UNITS[i].equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "unknown unit " + quoted(name) + " in duration " + quoted(text));
  }

  private static long plus(long nanos, long value, long unit) {
    try {
      // A number of 2^63 or more is negative here, and out of range in any unit.
      if (value < 0) {
        throw new ArithmeticException();
      }
      return Math.addExact(nanos, Math.multiplyExact(value, unit));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("duration out of range", e);
    }
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException("not a valid duration string: " + quoted(text));
  }

  /** Returns the text, or its first 500 characters and an ellipsis. */
  private static String quoted(String text) {
    String shown = text.length() <= LONGEST_QUOTED ? text : text.substring(0, LONGEST_QUOTED) + "…";
    return '"' + shown.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /**
   * Writes a duration as Prometheus does, in whole milliseconds: {@code 1h30m}; {@code 0s}. Years
   * and weeks are used only without a remainder, so that 90 days are {@code 90d} and 7 are {@code
   * 1w}.
   */
  public static String format(Duration duration) {
    long left = duration.toMillis();
    if (left == 0) {
      return "0s";
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < UNITS.length; i++) {
      boolean wholeOnly = i < 2;
      long count = left / MILLIS[i];
      if (count > 0 && !(wholeOnly && left % MILLIS[i] != 0)) {
        out.append(count).append(UNITS[i]);
        left -= count * MILLIS[i];
      }
    }
    return out.toString();
  }
}
