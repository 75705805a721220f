package io.promdisco.config.yaml;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recognizes the dates and times that go-yaml recognizes. */
final class YamlTimestamps {
  private static final Pattern TIMESTAMP =
      Pattern.compile(
          "([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
              + "(?:(?:([Tt])| )([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?"
              + "(Z|[-+](?:[01][0-9]|2[0-4]):[0-5][0-9])?)?");

  private YamlTimestamps() {}

  static boolean isTimestamp(String text) {
    Matcher parts = TIMESTAMP.matcher(text);
    // a time zone is required with "T" and forbidden without it
    if (!parts.matches() || (parts.group(4) == null) != (parts.group(8) == null)) {
      return false;
    }
    try {
      LocalDateTime.of(
          number(parts, 1),
          number(parts, 2),
          number(parts, 3),
          number(parts, 5),
          number(parts, 6),
          number(parts, 7));
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static int number(Matcher parts, int group) {
    String digits = parts.group(group);
    return digits == null ? 0 : Integer.parseInt(digits);
  }
}
