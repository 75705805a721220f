package io.promdisco.model;

import io.promdisco.Internal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/**
 * Finds what somebody who mistyped a name may have meant.
 *
 * @hidden
 */
@Internal
public final class SpellingSuggestions {
  /** More changes than these make another name of it. */
  private static final int FARTHEST = 3;

  private SpellingSuggestions() {}

  /**
   * The known names that differ from {@code name} by few letters, whatever their case: nearest
   * first, of equally near ones those that come first in {@code known}.
   *
   * @param most how many at most
   */
  public static List<String> nearest(String name, Collection<String> known, int most) {
    int farthest = Math.min(FARTHEST, Math.max(1, name.length() / 2));
    String asked = name.toLowerCase(Locale.ROOT);
    record Near(String name, int distance) {}
    List<Near> near = new ArrayList<>();
    for (String candidate : new LinkedHashSet<>(known)) {
      if (Math.abs(candidate.length() - name.length()) <= farthest) {
        int distance = distance(asked, candidate.toLowerCase(Locale.ROOT));
        if (distance <= farthest) {
          near.add(new Near(candidate, distance));
        }
      }
    }
    near.sort(Comparator.comparingInt(Near::distance));
    return near.stream().limit(most).map(Near::name).toList();
  }

  /** Levenshtein's. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, Math.min(row[j - 1], above) + 1);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
