package io.promdisco.relabel;

import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Matches a text against a whole regex with the cheapest method that gives the same result: text
 * comparison if the regex has a {@link LiteralPattern}, otherwise the engine. Immutable; safe for
 * all threads.
 */
abstract class ValueMatcher {
  /** The maximum number of paths with gaps; a regex with more is left to the engine. */
  private static final int MOST_WITH_GAPS = 16;

  abstract boolean matches(String value);

  /**
   * Whether {@code value} matches, and what its groups match.
   *
   * @param groups receives start and end of each group, -1 for one that did not match; undefined if
   *     there is no match
   */
  abstract boolean find(String value, int[] groups);

  /** Whether matching costs less than a cache look-up. */
  boolean isCheap() {
    return true;
  }

  /** Returns all texts that match, if they can be listed, otherwise an empty set. */
  Set<String> literals() {
    return Set.of();
  }

  /**
   * Returns the matcher for a regex.
   *
   * @param withGroups whether {@link #find} will be called
   */
  static ValueMatcher of(Regex regex, boolean withGroups) {
    List<List<LiteralPattern.Item>> shape = LiteralPattern.pathsOf(regex.text());
    if (shape == null) {
      return new Engine(regex);
    }
    List<Path> paths = new ArrayList<>();
    boolean gaps = false;
    for (List<LiteralPattern.Item> items : shape) {
      Path path = new Path(items, 2 * regex.groupNames().size());
      if (path.hasGapBesideGap() || (withGroups && path.leasts.size() > 1)) {
        return new Engine(regex); // only the engine knows how much each gap matches
      }
      gaps |= !path.leasts.isEmpty();
      paths.add(path);
    }
    if (paths.size() == 1) {
      return paths.get(0).matcher();
    }
    if (!gaps) {
      return new OneOf(paths);
    }
    // A gap is greedy before the following text is chosen, so only the engine knows the groups.
    return withGroups || paths.size() > MOST_WITH_GAPS ? new Engine(regex) : new AnyOf(paths);
  }

  /** A path as literals with gaps between them, and the positions of its groups. */
  private static final class Path {
    final List<String> literals = new ArrayList<>();
    final List<Integer> leasts = new ArrayList<>();
    final int[] marks;

    Path(List<LiteralPattern.Item> items, int slots) {
      marks = new int[slots];
      Arrays.fill(marks, ABSENT);
      marks[0] = 0;
      marks[1] = fromEnd(0);
      StringBuilder literal = new StringBuilder();
      for (LiteralPattern.Item item : items) {
        if (item instanceof LiteralPattern.Text text) {
          literal.append(text.text());
        } else if (item instanceof LiteralPattern.Gap gap) {
          literals.add(literal.toString());
          literal.setLength(0);
          leasts.add(gap.least());
        } else if (item instanceof LiteralPattern.Mark mark && leasts.isEmpty()) {
          marks[mark.slot()] = literal.length();
        }
      }
      literals.add(literal.toString());
      if (!leasts.isEmpty()) {
        markFromEnd(items);
      }
    }

    /** Marks after the last gap have a fixed distance from the end. */
    private void markFromEnd(List<LiteralPattern.Item> items) {
      int distance = 0;
      for (int i = items.size() - 1; !(items.get(i) instanceof LiteralPattern.Gap); i--) {
        if (items.get(i) instanceof LiteralPattern.Text text) {
          distance += text.text().length();
        } else if (items.get(i) instanceof LiteralPattern.Mark mark) {
          marks[mark.slot()] = fromEnd(distance);
        }
      }
    }

    boolean hasGapBesideGap() {
      return literals.size() > 2 && literals.subList(1, literals.size() - 1).contains("");
    }

    ValueMatcher matcher() {
      return switch (leasts.size()) {
        case 0 -> new Literal(literals.get(0), marks);
        case 1 -> new Affix(literals.get(0), leasts.get(0), literals.get(1), marks);
        default -> new Pieces(literals, leasts);
      };
    }
  }

  /** The mark of a group that does not match. */
  private static final int ABSENT = Integer.MIN_VALUE;

  /** Encodes a mark by its distance from the end; one from the start is the distance itself. */
  private static int fromEnd(int distance) {
    return -1 - distance;
  }

  private static void setGroups(int[] groups, int[] marks, int length) {
    for (int i = 0; i < marks.length; i++) {
      int mark = marks[i];
      groups[i] = mark >= 0 ? mark : mark == ABSENT ? -1 : length + 1 + mark;
    }
  }

  /** Matches one text. */
  private static final class Literal extends ValueMatcher {
    private final String literal;
    private final int[] marks;

    Literal(String literal, int[] marks) {
      this.literal = literal;
      this.marks = marks;
    }

    @Override
    boolean matches(String value) {
      return value.equals(literal);
    }

    @Override
    Set<String> literals() {
      return Set.of(literal);
    }

    @Override
    boolean find(String value, int[] groups) {
      setGroups(groups, marks, literal.length());
      return value.equals(literal);
    }
  }

  /** Matches one of several texts. */
  private static final class OneOf extends ValueMatcher {
    private final Map<String, ValueMatcher> literals = new HashMap<>();

    OneOf(List<Path> paths) {
      paths.forEach(path -> literals.putIfAbsent(path.literals.get(0), path.matcher()));
    }

    @Override
    boolean matches(String value) {
      return literals.containsKey(value);
    }

    @Override
    Set<String> literals() {
      return literals.keySet();
    }

    @Override
    boolean find(String value, int[] groups) {
      ValueMatcher literal = literals.get(value);
      return literal != null && literal.find(value, groups);
    }
  }

  /** Matches any text between a beginning and an end. */
  private static final class Affix extends ValueMatcher {
    private final String prefix;
    private final String suffix;
    private final int shortest;
    private final int[] marks;

    Affix(String prefix, int least, String suffix, int[] marks) {
      this.prefix = prefix;
      this.suffix = suffix;
      this.shortest = prefix.length() + least + suffix.length();
      this.marks = marks;
    }

    @Override
    boolean matches(String value) {
      return value.length() >= shortest && value.startsWith(prefix) && value.endsWith(suffix);
    }

    @Override
    boolean find(String value, int[] groups) {
      if (!matches(value)) {
        return false;
      }
      setGroups(groups, marks, value.length());
      return true;
    }
  }

  /** Matches several texts in this order with gaps between them. Does not know the groups. */
  private static final class Pieces extends ValueMatcher {
    private final String[] literals;
    private final int[] leasts;

    Pieces(List<String> literals, List<Integer> leasts) {
      this.literals = literals.toArray(new String[0]);
      this.leasts = Ints.toArray(leasts);
    }

    /** Takes each piece at its earliest occurrence, which leaves most text for the others. */
    @Override
    boolean matches(String value) {
      int last = literals.length - 1;
      int from = literals[0].length();
      int end = value.length() - literals[last].length();
      if (from > end || !value.startsWith(literals[0]) || !value.endsWith(literals[last])) {
        return false;
      }
      for (int i = 1; i < last; i++) {
        int at = value.indexOf(literals[i], from + leasts[i - 1]);
        if (at < 0) {
          return false;
        }
        from = at + literals[i].length();
      }
      return from + leasts[last - 1] <= end;
    }

    @Override
    boolean find(String value, int[] groups) {
      throw new IllegalStateException("made for matching only");
    }
  }

  /** Matches any of several. Does not know the groups. */
  private static final class AnyOf extends ValueMatcher {
    private final ValueMatcher[] matchers;

    AnyOf(List<Path> paths) {
      matchers = paths.stream().map(Path::matcher).toArray(ValueMatcher[]::new);
    }

    @Override
    boolean matches(String value) {
      for (ValueMatcher matcher : matchers) {
        if (matcher.matches(value)) {
          return true;
        }
      }
      return false;
    }

    @Override
    boolean find(String value, int[] groups) {
      throw new IllegalStateException("made for matching only");
    }
  }

  /** Matches with the RE2 engine. */
  private static final class Engine extends ValueMatcher {
    private final Regex regex;

    Engine(Regex regex) {
      this.regex = regex;
    }

    @Override
    boolean isCheap() {
      return false;
    }

    @Override
    boolean matches(String value) {
      return regex.matches(value);
    }

    @Override
    boolean find(String value, int[] groups) {
      int[] found = regex.find(value, 0);
      if (found == null) {
        return false;
      }
      System.arraycopy(found, 0, groups, 0, found.length);
      return true;
    }
  }
}
