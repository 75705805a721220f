package io.promdisco.offline;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Parses label selectors: {@code a=b}, {@code a!=b}, {@code a in (b,c)}, {@code a notin (b,c)},
 * {@code a}, {@code !a}, {@code a>1}, {@code a<1}, separated by commas.
 */
final class LabelSelector {
  private final String text;
  private int at;

  private LabelSelector(String text) {
    this.text = text;
  }

  /**
   * Returns a predicate of labels; an empty selector matches all.
   *
   * @throws IllegalArgumentException if it is not a label selector; with the API server's message
   */
  static Predicate<JsonNode> parse(String text) {
    return text.isBlank() ? any -> true : new LabelSelector(text).requirements();
  }

  private Predicate<JsonNode> requirements() {
    Predicate<JsonNode> all = requirement();
    while (take(",")) {
      all = all.and(requirement());
    }
    if (at < text.length()) {
      throw unexpected("a comma or the end");
    }
    return all;
  }

  private Predicate<JsonNode> requirement() {
    if (take("!")) {
      return exists(word("a label name")).negate();
    }
    String key = word("a label name");
    if (take("!=")) {
      return in(key, Set.of(value())).negate();
    }
    if (take("==") || take("=")) {
      return in(key, Set.of(value()));
    }
    if (take(">")) {
      return compares(key, number(), 1);
    }
    if (take("<")) {
      return compares(key, number(), -1);
    }
    if (at == text.length() || text.charAt(at) == ',') {
      return exists(key);
    }
    return switch (word("an operator")) {
      case "in" -> in(key, values());
      case "notin" -> in(key, values()).negate();
      default -> throw unexpected("one of =, ==, !=, in, notin, >, <");
    };
  }

  private static Predicate<JsonNode> exists(String key) {
    return labels -> labels.has(key);
  }

  private static Predicate<JsonNode> in(String key, Set<String> values) {
    return labels -> labels.has(key) && values.contains(labels.get(key).asText());
  }

  /** Compares as numbers; a label that is not a number does not match. */
  private static Predicate<JsonNode> compares(String key, long number, int sign) {
    return labels -> {
      try {
        return labels.has(key)
            && Long.compare(Long.parseLong(labels.get(key).asText()), number) == sign;
      } catch (NumberFormatException e) {
        return false;
      }
    };
  }

  private Set<String> values() {
    if (!take("(")) {
      throw unexpected("(");
    }
    Set<String> values = new TreeSet<>();
    do {
      values.add(value());
    } while (take(","));
    if (!take(")")) {
      throw unexpected(")");
    }
    return values;
  }

  private long number() {
    try {
      return Long.parseLong(word("a number"));
    } catch (NumberFormatException e) {
      throw unexpected("a number");
    }
  }

  private String word(String expected) {
    String word = value();
    if (word.isEmpty()) {
      throw unexpected(expected);
    }
    return word;
  }

  private String value() {
    skipSpace();
    int start = at;
    while (at < text.length() && " \t\r\n,()!=<>".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String value = text.substring(start, at);
    skipSpace();
    return value;
  }

  private boolean take(String symbol) {
    skipSpace();
    if (!text.startsWith(symbol, at)) {
      return false;
    }
    at += symbol.length();
    skipSpace();
    return true;
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private IllegalArgumentException unexpected(String expected) {
    String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
    return new IllegalArgumentException(
        "unable to parse requirement: found %s at %d of \"%s\", expected: %s"
            .formatted(found, at, text, expected));
  }
}
