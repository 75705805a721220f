package io.promdisco.sim;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A label selector as in the {@code labelSelector} parameter: {@code a=b}, {@code a!=b}, {@code a
 * in (b,c)}, {@code a notin (b,c)}, {@code a}, {@code !a}, {@code a>1}, {@code a<1}, joined by
 * commas. Immutable.
 */
final class LabelSelector {
  private enum Operator {
    IN,
    NOT_IN,
    EXISTS,
    ABSENT,
    GREATER,
    LESS
  }

  private record Requirement(String key, Operator operator, Set<String> values) {
    boolean matches(JsonNode labels) {
      JsonNode label = labels.get(key);
      return switch (operator) {
        case IN -> label != null && values.contains(label.asText());
        case NOT_IN -> label == null || !values.contains(label.asText());
        case EXISTS -> label != null;
        case ABSENT -> label == null;
        case GREATER -> label != null && compare(label.asText()) > 0;
        case LESS -> label != null && compare(label.asText()) < 0;
      };
    }

    /** Sign of label minus value; 0, which matches nothing, if the label is no number. */
    private int compare(String label) {
      try {
        return Long.compare(Long.parseLong(label), Long.parseLong(values.iterator().next()));
      } catch (NumberFormatException e) {
        return 0;
      }
    }
  }

  static final LabelSelector ALL = new LabelSelector(List.of());

  private final List<Requirement> requirements;

  private LabelSelector(List<Requirement> requirements) {
    this.requirements = requirements;
  }

  /**
   * Reads a selector; an empty one selects all.
   *
   * @throws StatusException with code 400 if it is none
   */
  static LabelSelector parse(String text) {
    return text.isBlank() ? ALL : new LabelSelector(new Parser(text).requirements());
  }

  boolean isAll() {
    return requirements.isEmpty();
  }

  boolean matches(JsonNode object) {
    if (requirements.isEmpty()) {
      return true;
    }
    JsonNode labels = object.path("metadata").path("labels");
    for (Requirement requirement : requirements) {
      if (!requirement.matches(labels)) {
        return false;
      }
    }
    return true;
  }

  private static final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    List<Requirement> requirements() {
      List<Requirement> out = new ArrayList<>();
      do {
        out.add(requirement());
      } while (take(","));
      if (at < text.length()) {
        throw unexpected("a comma or the end");
      }
      return List.copyOf(out);
    }

    private Requirement requirement() {
      if (take("!")) {
        return new Requirement(word("a label name"), Operator.ABSENT, Set.of());
      }
      String key = word("a label name");
      if (take("!=")) {
        return new Requirement(key, Operator.NOT_IN, Set.of(value()));
      }
      if (take("==") || take("=")) {
        return new Requirement(key, Operator.IN, Set.of(value()));
      }
      if (take(">")) {
        return new Requirement(key, Operator.GREATER, Set.of(number()));
      }
      if (take("<")) {
        return new Requirement(key, Operator.LESS, Set.of(number()));
      }
      if (at == text.length() || text.charAt(at) == ',') {
        return new Requirement(key, Operator.EXISTS, Set.of());
      }
      return switch (word("an operator")) {
        case "in" -> new Requirement(key, Operator.IN, values());
        case "notin" -> new Requirement(key, Operator.NOT_IN, values());
        default -> throw unexpected("one of =, ==, !=, in, notin, >, <");
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

    private String number() {
      String value = word("a number");
      try {
        Long.parseLong(value);
        return value;
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

    private StatusException unexpected(String expected) {
      String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
      return StatusException.badRequest(
          "unable to parse requirement: found "
              + found
              + " at "
              + at
              + " of \""
              + text
              + "\", expected: "
              + expected);
    }
  }
}
