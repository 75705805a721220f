package io.promdisco.cli.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds fields to reduced objects, so that a field selector has the same result for them as on the
 * server. If only a comparison is known and not the value, {@code not-x} stands for a value other
 * than {@code x}.
 */
final class FieldSelectorValues {
  /** The fields of reduced objects; a missing field is empty. */
  private static final Set<String> KEPT =
      Set.of(
          "metadata.name",
          "metadata.namespace",
          "spec.nodeName",
          "status.phase",
          "status.podIP",
          "spec.clusterIP",
          "spec.type");

  /** A comparison: a field equals a value or not. */
  private record Term(List<String> path, boolean equal, String value) {
    static List<Term> of(String selector) {
      List<Term> terms = new ArrayList<>();
      for (String text : selector.split(",")) {
        int sign = text.indexOf('=');
        if (sign > 0) {
          boolean equal = text.charAt(sign - 1) != '!';
          String field = text.substring(0, equal ? sign : sign - 1).strip();
          String value = text.substring(text.startsWith("==", sign) ? sign + 2 : sign + 1).strip();
          terms.add(new Term(List.of(field.split("\\.")), equal, value));
        }
      }
      return terms;
    }

    /** Returns the value in an object; null if it is missing. */
    @Nullable String in(ObjectNode object) {
      JsonNode at = object;
      for (String name : path) {
        at = at.path(name);
      }
      boolean known = !at.isMissingNode() || KEPT.contains(String.join(".", path));
      return known ? at.asText() : null;
    }

    boolean holds(String there) {
      return there.equals(value) == equal;
    }

    /** Whether the value of the field is known if the comparison holds, or if it does not. */
    boolean isExact(boolean holds) {
      return holds == equal || isBoolean();
    }

    private boolean isBoolean() {
      return value.equals("true") || value.equals("false");
    }

    /** Makes the comparison hold, or not. */
    void set(ObjectNode object, boolean hold) {
      ObjectNode at = object;
      for (String name : path.subList(0, path.size() - 1)) {
        at = at.get(name) instanceof ObjectNode there ? there : at.putObject(name);
      }
      String name = path.get(path.size() - 1);
      boolean same = hold == equal;
      if (isBoolean()) {
        at.put(name, same == Boolean.parseBoolean(value));
      } else if (!same) {
        at.put(name, "not-" + value);
      } else if (!value.isEmpty()) {
        at.put(name, value);
      }
    }
  }

  private FieldSelectorValues() {}

  /**
   * Sets the fields of an object that the selector has selected, if they are missing.
   *
   * @param selector for example {@code spec.schedulerName=default,status.phase!=Failed}; may be
   *     empty
   * @param exact whether to set only known values, which must be done first
   */
  static void chosen(ObjectNode object, String selector, boolean exact) {
    for (Term term : Term.of(selector)) {
      if (term.in(object) == null && (!exact || term.isExact(true))) {
        term.set(object, true);
      }
    }
  }

  /**
   * Sets the fields of an object that the selector has excluded, so that it excludes the object
   * again.
   *
   * @param exact as for {@link #chosen}
   */
  static void leftOut(ObjectNode object, String selector, boolean exact) {
    List<Term> open = new ArrayList<>();
    for (Term term : Term.of(selector)) {
      String there = term.in(object);
      if (there == null) {
        open.add(term);
      } else if (!term.holds(there)) {
        return;
      }
    }
    if (open.isEmpty() || (exact && (open.size() > 1 || !open.get(0).isExact(false)))) {
      return;
    }
    open.get(0).set(object, false);
  }
}
