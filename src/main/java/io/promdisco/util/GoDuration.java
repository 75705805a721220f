package io.promdisco.util;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads durations as Go's {@code time.ParseDuration} does: {@code 1m30s}, {@code 1.5h}. */
public final class GoDuration {
  private static final Pattern PART = Pattern.compile("([0-9]*\\.?[0-9]*)([^0-9.]*)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException if it is not a duration; with Go's message
   */
  public static Duration parse(String text) {
    boolean negative = text.startsWith("-");
    String rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return Duration.ZERO;
    }
    if (rest.isEmpty()) {
      throw invalid("invalid duration ", text);
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher parts = PART.matcher(rest);
    int at = 0;
    while (at < rest.length()) {
      parts.region(at, rest.length());
      if (!parts.lookingAt() || parts.group(1).isEmpty() || parts.group(1).equals(".")) {
        throw invalid("invalid duration ", text);
      }
      nanos = nanos.add(new BigDecimal(parts.group(1)).multiply(unit(parts.group(2), text)));
      at = parts.end();
    }
    try {
      long whole = nanos.toBigInteger().longValueExact();
      return Duration.ofNanos(negative ? -whole : whole);
    } catch (ArithmeticException e) {
      throw invalid("invalid duration ", text);
    }
  }

  private static BigDecimal unit(String name, String text) {
    Long nanos = NANOS.get(name);
    if (nanos == null) {
      throw name.isEmpty()
          ? invalid("missing unit in duration ", text)
          : invalid("unknown unit " + GoFormatting.quote(name) + " in duration ", text);
    }
    return BigDecimal.valueOf(nanos);
  }

  private static IllegalArgumentException invalid(String what, String text) {
    return new IllegalArgumentException("time: " + what + GoFormatting.quote(text));
  }
}
