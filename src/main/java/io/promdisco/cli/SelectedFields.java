package io.promdisco.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Gives a slim object the fields by which it was selected, so that it is selected again. */
final class SelectedFields {
  private SelectedFields() {}

  /**
   * Sets what the equalities of a field selector say of an object that it has let through.
   *
   * @param selector as {@code spec.schedulerName=default,status.phase!=Failed}; may be empty
   */
  static void add(ObjectNode object, String selector) {
    for (String term : selector.split(",")) {
      int equals = term.indexOf('=');
      if (equals <= 0 || term.charAt(equals - 1) == '!') {
        continue;
      }
      List<String> path = List.of(term.substring(0, equals).strip().split("\\."));
      String value = term.substring(term.startsWith("==", equals) ? equals + 2 : equals + 1);
      ObjectNode at = object;
      for (String name : path.subList(0, path.size() - 1)) {
        at = at.get(name) instanceof ObjectNode there ? there : at.putObject(name);
      }
      String name = path.get(path.size() - 1);
      if (!at.has(name)) {
        put(at, name, value.strip());
      }
    }
  }

  private static void put(ObjectNode at, String name, String value) {
    if (value.equals("true") || value.equals("false")) {
      at.put(name, Boolean.parseBoolean(value));
    } else if (!value.isEmpty()) {
      at.put(name, value);
    }
  }
}
