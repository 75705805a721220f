package io.promdisco.relabel;

import com.google.common.base.Ascii;
import com.google.common.base.CharMatcher;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The character classes that a regex can name, such as <code>\p{Greek}</code>, as in Go 1.26. re2j
 * has those of an old Unicode version, and lacks the long names. They are loaded when a regex names
 * one for the first time. Safe for all threads.
 */
final class UnicodeClasses {
  private static final String FILE = "unicode-classes.txt";
  private static final CharMatcher IGNORED = CharMatcher.anyOf("_- ");

  /**
   * Ranges of code points as text, by name. A name that ends in + contains what must be added if
   * case is ignored.
   */
  private static final class Tables {
    static final Map<String, String> ALL = read();

    private static Map<String, String> read() {
      Map<String, String> all = new HashMap<>();
      try (InputStream in =
              Objects.requireNonNull(UnicodeClasses.class.getResourceAsStream(FILE), FILE);
          BufferedReader lines =
              new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
        lines
            .lines()
            .filter(line -> !line.startsWith("#"))
            .forEach(
                line -> {
                  int end = line.indexOf(' ');
                  all.put(line.substring(0, end), line.substring(end + 1));
                });
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return all;
    }
  }

  private UnicodeClasses() {}

  /**
   * Returns a class as ranges for a bracket expression; empty if there is no such class.
   *
   * @param name the text between the braces, with {@code ^} in front for the complement
   * @param negated whether the complement is meant
   * @param folded whether case is ignored
   * @return an empty text if the class contains no characters
   */
  static Optional<String> ranges(String name, boolean negated, boolean folded) {
    boolean inverse = name.startsWith("^");
    String canonical = canonical(inverse ? name.substring(1) : name);
    boolean unassigned = canonical.equals("Assigned");
    String table = Tables.ALL.get(unassigned ? "Cn" : canonical);
    if (table != null && table.startsWith("= ")) {
      canonical = table.substring(2);
      table = Tables.ALL.get(canonical);
    }
    if (table == null || canonical.endsWith("+")) {
      return Optional.empty();
    }
    BitSet points = new BitSet();
    add(points, table);
    if (folded) {
      add(points, Tables.ALL.getOrDefault(canonical + "+", ""));
    }
    if (negated ^ inverse ^ unassigned) {
      points.flip(0, Character.MAX_CODE_POINT + 1);
    }
    return Optional.of(text(points));
  }

  /** Converts the first letter to upper case and the others to lower case. */
  private static String canonical(String name) {
    String letters = IGNORED.removeFrom(name);
    return letters.isEmpty()
        ? ""
        : Ascii.toUpperCase(letters.substring(0, 1)) + Ascii.toLowerCase(letters.substring(1));
  }

  private static void add(BitSet points, String table) {
    for (String range : table.split(" ")) {
      if (range.isEmpty()) {
        continue;
      }
      int dash = range.indexOf('-');
      int slash = range.indexOf('/');
      int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash), 16);
      int last =
          dash < 0
              ? first
              : Integer.parseInt(range.substring(dash + 1, slash < 0 ? range.length() : slash), 16);
      int step = slash < 0 ? 1 : Integer.parseInt(range.substring(slash + 1), 16);
      for (int point = first; point <= last; point += step) {
        points.set(point);
      }
    }
  }

  private static String text(BitSet points) {
    StringBuilder out = new StringBuilder();
    for (int first = points.nextSetBit(0); first >= 0; ) {
      int end = points.nextClearBit(first);
      out.append("\\x{").append(Integer.toHexString(first));
      out.append("}-\\x{").append(Integer.toHexString(end - 1)).append('}');
      first = points.nextSetBit(end);
    }
    return out.toString();
  }
}
