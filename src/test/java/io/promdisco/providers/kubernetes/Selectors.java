package io.promdisco.providers.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Label and field selectors, as an API server evaluates them. */
final class Selectors {
  private Selectors() {}

  static boolean matches(String labelSelector, String fieldSelector, ParsedValues object) {
    Map<String, String> labels = object.at("metadata").textMap("labels");
    return split(labelSelector).stream().allMatch(term -> matchesLabel(term, labels))
        && split(fieldSelector).stream().allMatch(term -> matchesField(term, object));
  }

  /** Splits at commas that are outside of parentheses. */
  private static List<String> split(String selector) {
    List<String> terms = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= selector.length(); i++) {
      char c = i == selector.length() ? ',' : selector.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        String term = selector.substring(start, i).strip();
        if (!term.isEmpty()) {
          terms.add(term);
        }
        start = i + 1;
      }
    }
    return terms;
  }

  private static boolean matchesLabel(String term, Map<String, String> labels) {
    int set = term.indexOf('(');
    if (set >= 0) {
      String head = term.substring(0, set).strip();
      String key = head.substring(0, head.indexOf(' ')).strip();
      List<String> values = split(term.substring(set + 1, term.lastIndexOf(')')));
      boolean in = labels.containsKey(key) && values.contains(labels.get(key));
      return head.endsWith(" notin") != in;
    }
    if (term.startsWith("!")) {
      return !labels.containsKey(term.substring(1).strip());
    }
    if (term.indexOf('=') < 0) {
      return labels.containsKey(term);
    }
    return matchesEquality(term, key -> String.valueOf(labels.get(key)));
  }

  private static boolean matchesField(String term, ParsedValues object) {
    return matchesEquality(term, key -> field(key, object));
  }

  private static String field(String key, ParsedValues object) {
    return switch (key) {
      case "metadata.name" -> object.at("metadata").text("name");
      case "metadata.namespace" -> object.at("metadata").text("namespace");
      case "spec.nodeName" -> object.at("spec").text("nodeName");
      case "spec.type" -> object.at("spec").text("type");
      case "spec.unschedulable" -> String.valueOf(object.at("spec").isTrue("unschedulable"));
      case "status.phase" -> object.at("status").text("phase");
      default -> throw new IllegalArgumentException(key + ": unknown field");
    };
  }

  private static boolean matchesEquality(
      String term, java.util.function.UnaryOperator<String> values) {
    int at = term.indexOf('=');
    boolean not = at > 0 && term.charAt(at - 1) == '!';
    String key = term.substring(0, not ? at - 1 : at).strip();
    int from = term.startsWith("==", at) ? at + 2 : at + 1;
    return values.apply(key).equals(term.substring(from).strip()) != not;
  }
}
