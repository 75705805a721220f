package io.promdisco.model;

import io.promdisco.Internal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/**
 * Finds the name that a mistyped name may mean.
 *
 * @hidden
 */
@Internal
public final class SpellingSuggestions {
  /** The maximum number of changes; with more, it is another name. */
  private static final int FARTHEST = 3;

  private SpellingSuggestions() {}

  /**
   * Returns the known names that differ from {@code name} in few letters, ignoring case. The
   * nearest come first, and equally near ones in the order of {@code known}.
   *
   * @param most the maximum number of names
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

  /** Returns {@code ; did you mean "pod"?} if a known name is near, or else an empty string. */
  public static String hint(String name, Collection<String> known) {
    List<String> nearest = nearest(name, known, 1);
    return nearest.isEmpty() ? "" : "; did you mean \"" + nearest.get(0) + "\"?";
  }

  /** The Levenshtein distance. */
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
