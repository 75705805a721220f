package io.promdisco.model;

import io.promdisco.Internal;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of bytes as Prometheus writes them: {@code 10MB}, {@code 1GiB512MiB}, {@code 0}. The
 * units {@code K}, {@code M}, {@code G}, {@code T}, {@code P} and {@code E} are powers of 1,024,
 * both with {@code B} and with {@code iB}, but one text must not mix the two; case matters.
 *
 * @hidden
 */
@Internal
public final class PrometheusSize {
  private static final String UNITS = "KMGTPE";
  private static final double TOO_LARGE = 0x1p63;

  private PrometheusSize() {}

  /**
   * Reads a size.
   *
   * @return bytes
   * @throws IllegalArgumentException if the text is not a size; the message quotes it
   */
  public static long parse(String text) {
    String rest = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return 0;
    }
    if (rest.isEmpty()) {
      throw invalid(text);
    }
    double bytes = 0;
    String suffix = "";
    int at = 0;
    while (at < rest.length()) {
      int unitStart = end(rest, at, true);
      int end = end(rest, unitStart, false);
      String unit = rest.substring(unitStart, end);
      String found = suffix(unit);
      if (found == null || (!suffix.isEmpty() && !found.isEmpty() && !found.equals(suffix))) {
        throw new IllegalArgumentException(
            "units: unknown unit "
                + unit
                + " in "
                + text
                + " (expected: for example 10MB or 1GiB)");
      }
      suffix = found.isEmpty() ? suffix : found;
      bytes +=
          number(rest.substring(at, unitStart), text)
              * Math.pow(1024, found.isEmpty() ? 0 : UNITS.indexOf(unit.charAt(0)) + 1.0);
      at = end;
    }
    if (bytes > Long.MAX_VALUE) {
      throw new IllegalArgumentException("units: overflow parsing unit in " + text);
    }
    // Prometheus reads 8EiB as the smallest 64-bit number, which means no limit.
    long size = bytes == TOO_LARGE ? Long.MIN_VALUE : (long) bytes;
    return text.startsWith("-") ? -size : size;
  }

  /**
   * Returns the text after the letter of a unit, an empty string for plain bytes, or null if it is
   * not a unit.
   */
  private static @Nullable String suffix(String unit) {
    if (unit.equals("B")) {
      return "";
    }
    boolean known = unit.length() >= 2 && UNITS.indexOf(unit.charAt(0)) >= 0;
    String suffix = known ? unit.substring(1) : "";
    return suffix.equals("B") || suffix.equals("iB") ? suffix : null;
  }

  private static double number(String digits, String text) {
    boolean plain = digits.chars().anyMatch(Character::isDigit);
    if (!plain || digits.indexOf('.') != digits.lastIndexOf('.')) {
      throw invalid(text);
    }
    return Double.parseDouble(digits);
  }

  private static int end(String text, int from, boolean number) {
    int end = from;
    while (end < text.length() && isNumber(text.charAt(end)) == number) {
      end++;
    }
    return end;
  }

  private static boolean isNumber(char c) {
    return c == '.' || (c >= '0' && c <= '9');
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException(
        "units: invalid "
            + (text.isEmpty() ? "\"\"" : text)
            + " (expected: for example 10MB or 1GiB)");
  }

  /** Writes a size as Prometheus does: {@code 1536MB} is {@code 1GiB512MiB}. */
  public static String format(long bytes) {
    if (bytes == 0) {
      return "0B";
    }
    StringBuilder out = new StringBuilder();
    long rest = bytes;
    for (int power = 0; rest != 0; power++) {
      long part = rest % 1024;
      if (part != 0) {
        out.insert(0, part + (power == 0 ? "B" : UNITS.charAt(power - 1) + "iB"));
      }
      rest /= 1024;
    }
    return out.toString();
  }
}
