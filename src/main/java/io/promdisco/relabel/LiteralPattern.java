package io.promdisco.relabel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The texts that a simple regex matches, as paths of literal text and gaps ({@code .*}, {@code
 * .+}).
 *
 * <p>Supported are literals, escaped punctuation, small classes of plain characters, groups,
 * alternatives, {@code ?}, and gaps; {@code a(b|c)?} has the paths {@code ab}, {@code ac} and
 * {@code a}. Paths are in the order in which RE2 prefers them. A regex that contains anything else,
 * or has too many paths, has no literal pattern.
 */
final class LiteralPattern {
  /** A step of a path. */
  sealed interface Item permits Text, Gap, Mark {}

  /** Exactly this text, without surrogates, so that no gap can end within a code point. */
  record Text(String text) implements Item {}

  /** Any text with a minimum of 0 or 1 characters. */
  record Gap(int least) implements Item {}

  /** The beginning of a group (slot 2 × its number) or its end (one more). */
  record Mark(int slot) implements Item {}

  /** Thrown and caught in this class if the regex has no literal pattern. */
  private static final class Unknown extends Exception {
    private static final long serialVersionUID = 1L;

    Unknown() {
      super("no simple shape", null, false, false);
    }
  }

  private static final int MOST_PATHS = 64;

  /** Items of all paths together, since each step of a sequence copies them. */
  private static final int MOST_ITEMS = 1024;

  private static final String SPECIAL = "\\.+*?()|[]{}^$";

  private final String regex;
  private int pos;
  private int groups;

  private LiteralPattern(String regex) {
    this.regex = regex;
  }

  /** Returns the paths of a valid regex, or null if it has no literal pattern. */
  static @Nullable List<List<Item>> pathsOf(String regex) {
    try {
      LiteralPattern shape = new LiteralPattern(regex);
      if (regex.startsWith("^")) {
        shape.pos++;
      }
      List<List<Item>> paths = shape.alternatives();
      if (shape.pos < regex.length()) {
        throw new Unknown(); // a closing parenthesis without an opening one
      }
      return paths;
    } catch (Unknown e) {
      return null;
    }
  }

  /** Returns the paths as texts; empty if one contains a gap. */
  static Optional<List<String>> texts(List<List<Item>> paths) {
    List<String> texts = new ArrayList<>();
    for (List<Item> path : paths) {
      StringBuilder text = new StringBuilder();
      for (Item item : path) {
        if (item instanceof Gap) {
          return Optional.empty();
        }
        text.append(item instanceof Text part ? part.text() : "");
      }
      texts.add(text.toString());
    }
    return Optional.of(texts);
  }

  private boolean more() {
    return pos < regex.length();
  }

  private boolean take(String text) {
    boolean found = regex.startsWith(text, pos);
    pos += found ? text.length() : 0;
    return found;
  }

  private List<List<Item>> alternatives() throws Unknown {
    List<List<Item>> paths = new ArrayList<>(sequence());
    while (take("|")) {
      paths.addAll(sequence());
    }
    return checked(paths);
  }

  private static List<List<Item>> checked(List<List<Item>> paths) throws Unknown {
    if (paths.size() > MOST_PATHS) {
      throw new Unknown();
    }
    return paths;
  }

  private List<List<Item>> sequence() throws Unknown {
    List<List<Item>> paths = List.of(List.of());
    StringBuilder literal = new StringBuilder(); // joined, so that a long one is one item
    while (more() && regex.charAt(pos) != '|' && regex.charAt(pos) != ')') {
      if (regex.charAt(pos) == '$' && pos + 1 == regex.length()) {
        pos++;
        continue;
      }
      List<List<Item>> next = repeated();
      if (next.size() == 1 && next.get(0).size() == 1 && next.get(0).get(0) instanceof Text text) {
        literal.append(text.text());
      } else {
        paths = product(withText(paths, literal), next);
      }
    }
    return withText(paths, literal);
  }

  /** The paths with a text at their end, which is emptied. */
  private static List<List<Item>> withText(List<List<Item>> paths, StringBuilder text)
      throws Unknown {
    if (text.isEmpty()) {
      return paths;
    }
    Item end = new Text(text.toString());
    text.setLength(0);
    return product(paths, List.of(List.of(end)));
  }

  private static List<List<Item>> product(List<List<Item>> left, List<List<Item>> right)
      throws Unknown {
    List<List<Item>> paths = new ArrayList<>();
    int items = 0;
    for (List<Item> head : left) {
      for (List<Item> tail : right) {
        List<Item> path = new ArrayList<>(head);
        path.addAll(tail);
        paths.add(path);
        items += path.size();
      }
    }
    if (items > MOST_ITEMS) {
      throw new Unknown();
    }
    return checked(paths);
  }

  /** Reads an element and the repetition after it. */
  private List<List<Item>> repeated() throws Unknown {
    if (take(".")) {
      int least = take("*") ? 0 : take("+") ? 1 : -1;
      if (least < 0) {
        throw new Unknown();
      }
      take("?");
      return List.of(List.of(new Gap(least)));
    }
    List<List<Item>> paths = single();
    if (!take("?")) {
      return paths;
    }
    boolean lazy = take("?");
    List<List<Item>> optional = new ArrayList<>(paths);
    optional.add(lazy ? 0 : paths.size(), List.of());
    return checked(optional);
  }

  private List<List<Item>> single() throws Unknown {
    char c = regex.charAt(pos++);
    if (c == '(') {
      return group();
    }
    if (c == '[') {
      return charClass();
    }
    if (c == '\\' && more()) {
      char escaped = regex.charAt(pos++);
      if (escaped <= ' ' || escaped >= 127 || Character.isLetterOrDigit(escaped)) {
        throw new Unknown();
      }
      return text(escaped);
    }
    if (!isPlain(c)) {
      throw new Unknown();
    }
    return text(c);
  }

  private static boolean isPlain(char c) {
    return SPECIAL.indexOf(c) < 0 && !Character.isSurrogate(c);
  }

  private static List<List<Item>> text(char c) {
    return List.of(List.of(new Text(String.valueOf(c))));
  }

  private List<List<Item>> group() throws Unknown {
    int number = 0;
    if (!take("?:")) {
      if (take("?P<") || take("?<")) {
        int end = regex.indexOf('>', pos);
        if (end < 0) {
          throw new Unknown();
        }
        pos = end + 1;
      } else if (take("?")) {
        throw new Unknown();
      }
      number = ++groups;
    }
    List<List<Item>> paths = alternatives();
    if (!take(")")) {
      throw new Unknown();
    }
    if (number == 0) {
      return paths;
    }
    List<List<Item>> opening = List.of(List.of(new Mark(2 * number)));
    return product(product(opening, paths), List.of(List.of(new Mark(2 * number + 1))));
  }

  /** Reads a class like {@code [abc]}, without ranges, escapes and negation. */
  private List<List<Item>> charClass() throws Unknown {
    List<List<Item>> paths = new ArrayList<>();
    while (!take("]")) {
      char c = more() ? regex.charAt(pos++) : '[';
      if (!Character.isLetterOrDigit(c) || c > 127) {
        throw new Unknown();
      }
      paths.addAll(text(c));
    }
    return checked(paths);
  }
}
