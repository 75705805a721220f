package io.promdisco.relabel;

import com.google.common.base.Splitter;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether a joined value matches a regex, by the cheapest means that gives the same answer: text
 * comparison where the regex is a literal, a prefix, a suffix or a list of literals; else the
 * engine, whose answers are remembered. Safe for all threads.
 */
abstract class ValueMatcher {
  private static final int MOST_REMEMBERED = 4096;
  private static final String SPECIAL = "\\.+*?()|[]{}^$";
  private static final Splitter ALTERNATIVES = Splitter.on('|');

  abstract boolean matches(String value);

  static ValueMatcher of(Regex regex) {
    String text = strip(regex.text());
    if (text.equals(".*")) {
      return new All();
    }
    if (text.equals(".+")) {
      return new NotEmpty();
    }
    if (isLiteral(text)) {
      return new Literal(text);
    }
    if (isAlternation(text)) {
      return new OneOf(Set.copyOf(new HashSet<>(ALTERNATIVES.splitToList(text))));
    }
    if (text.endsWith(".*") && isLiteral(text.substring(0, text.length() - 2))) {
      return new Prefix(text.substring(0, text.length() - 2), 0);
    }
    if (text.endsWith(".+") && isLiteral(text.substring(0, text.length() - 2))) {
      return new Prefix(text.substring(0, text.length() - 2), 1);
    }
    if (text.startsWith(".*") && isLiteral(text.substring(2))) {
      return new Suffix(text.substring(2), 0);
    }
    if (text.startsWith(".+") && isLiteral(text.substring(2))) {
      return new Suffix(text.substring(2), 1);
    }
    return new Remembering(regex);
  }

  /** Takes off brackets around the whole, which group but match the same. */
  private static String strip(String text) {
    String inner = text;
    while (true) {
      int start = inner.startsWith("(?:") ? 3 : inner.startsWith("(") ? 1 : -1;
      if (start < 0 || !inner.endsWith(")") || inner.length() < start + 1) {
        return inner;
      }
      String within = inner.substring(start, inner.length() - 1);
      if (within.startsWith("?") || within.indexOf('(') >= 0 || within.indexOf(')') >= 0) {
        return inner;
      }
      if (within.indexOf('\\') >= 0 || within.indexOf('[') >= 0) {
        return inner;
      }
      inner = within;
    }
  }

  static boolean isLiteral(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (SPECIAL.indexOf(c) >= 0 || Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  /** What every match begins with, as far as that is easily seen. */
  static String literalPrefix(String regex) {
    if (regex.indexOf('|') >= 0) {
      return "";
    }
    int end = 0;
    while (end < regex.length() && isLiteral(regex.substring(end, end + 1))) {
      end++;
    }
    boolean lastIsOptional = end < regex.length() && "*?{".indexOf(regex.charAt(end)) >= 0;
    return regex.substring(0, lastIsOptional ? Math.max(0, end - 1) : end);
  }

  private static boolean isAlternation(String text) {
    return text.indexOf('|') >= 0 && isLiteral(text.replace('|', '_'));
  }

  /** Everything. */
  private static final class All extends ValueMatcher {
    @Override
    boolean matches(String value) {
      return true;
    }
  }

  /** Everything but nothing. */
  private static final class NotEmpty extends ValueMatcher {
    @Override
    boolean matches(String value) {
      return !value.isEmpty();
    }
  }

  private static final class Literal extends ValueMatcher {
    private final String literal;

    Literal(String literal) {
      this.literal = literal;
    }

    @Override
    boolean matches(String value) {
      return value.equals(literal);
    }
  }

  private static final class OneOf extends ValueMatcher {
    private final Set<String> literals;

    OneOf(Set<String> literals) {
      this.literals = literals;
    }

    @Override
    boolean matches(String value) {
      return literals.contains(value);
    }
  }

  private static final class Prefix extends ValueMatcher {
    private final String prefix;
    private final int more;

    Prefix(String prefix, int more) {
      this.prefix = prefix;
      this.more = more;
    }

    @Override
    boolean matches(String value) {
      return value.length() >= prefix.length() + more && value.startsWith(prefix);
    }
  }

  private static final class Suffix extends ValueMatcher {
    private final String suffix;
    private final int more;

    Suffix(String suffix, int more) {
      this.suffix = suffix;
      this.more = more;
    }

    @Override
    boolean matches(String value) {
      return value.length() >= suffix.length() + more && value.endsWith(suffix);
    }
  }

  /** Asks the engine once for each value, as long as there are not too many values. */
  private static final class Remembering extends ValueMatcher {
    private final Regex regex;
    private final Map<String, Boolean> known = new ConcurrentHashMap<>();

    Remembering(Regex regex) {
      this.regex = regex;
    }

    @Override
    boolean matches(String value) {
      Boolean answer = known.get(value);
      if (answer == null) {
        answer = regex.matches(value);
        if (known.size() < MOST_REMEMBERED) {
          known.put(value, answer);
        }
      }
      return answer;
    }
  }
}
