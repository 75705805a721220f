package io.promdisco.relabel;

import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a text matches a regex as a whole, by the cheapest means that gives the same answer: text
 * comparison for a regex that has a {@link LiteralPattern}, else the engine. Immutable; safe for
 * all threads.
 */
abstract class ValueMatcher {
  /** More paths with gaps than this are the engine's. */
  private static final int MOST_WITH_GAPS = 16;

  abstract boolean matches(String value);

  /**
   * Whether {@code value} matches, and what the groups hold.
   *
   * @param groups takes start and end of each group, -1 for one that took no part; left in any
   *     state if there is no match
   */
  abstract boolean find(String value, int[] groups);

  /** Whether an answer costs less than to remember it. */
  boolean isCheap() {
    return true;
  }

  /** All texts that match, if they can be listed; else none. */
  Set<String> literals() {
    return Set.of();
  }

  /**
   * The matcher for a regex.
   *
   * @param withGroups whether {@link #find} will be asked
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
        return new Engine(regex); // which gap takes how much is the engine's to say
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
    // A gap takes what it can before what follows it is chosen: groups are again the engine's.
    return withGroups || paths.size() > MOST_WITH_GAPS ? new Engine(regex) : new AnyOf(paths);
  }

  /** A path as literals with gaps between them, and where the groups are. */
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

    /** What lies behind the last gap is at a fixed distance from the end. */
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

  /** Mark of a group that takes no part. */
  private static final int ABSENT = Integer.MIN_VALUE;

  /** A mark at a distance from the end; one from the start is the distance itself. */
  private static int fromEnd(int distance) {
    return -1 - distance;
  }

  private static void setGroups(int[] groups, int[] marks, int length) {
    for (int i = 0; i < marks.length; i++) {
      int mark = marks[i];
      groups[i] = mark >= 0 ? mark : mark == ABSENT ? -1 : length + 1 + mark;
    }
  }

  /** One text. */
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

  /** One of several texts. */
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

  /** Any text between a beginning and an end. */
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

  /** Several texts in this order with gaps between them; does not know the groups. */
  private static final class Pieces extends ValueMatcher {
    private final String[] literals;
    private final int[] leasts;

    Pieces(List<String> literals, List<Integer> leasts) {
      this.literals = literals.toArray(new String[0]);
      this.leasts = Ints.toArray(leasts);
    }

    /** Takes each piece as early as it can be had, which leaves most to the rest. */
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

  /** Any of several; does not know the groups. */
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

  /** Whatever RE2 can do. */
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
