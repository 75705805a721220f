package io.promdisco.cli.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives slim objects the fields by which a server let them through a field selector or did not, so
 * that the same happens when they are read again. Where only a comparison is known and not the
 * value, {@code not-x} stands for something other than {@code x}.
 */
final class FieldSelectorValues {
  /** The fields that slim objects have; one that is missing is empty. */
  private static final Set<String> KEPT =
      Set.of(
          "metadata.name",
          "metadata.namespace",
          "spec.nodeName",
          "status.phase",
          "status.podIP",
          "spec.clusterIP",
          "spec.type");

  /** A comparison: a field that is, or is not, of a value. */
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

    /** The value in an object; null: the object does not say. */
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

    /** Whether the value is known if it holds, or if it does not. */
    boolean isExact(boolean holds) {
      return holds == equal || isBoolean();
    }

    private boolean isBoolean() {
      return value.equals("true") || value.equals("false");
    }

    /** Makes it hold, or not. */
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
   * Sets what the selector says of an object that it has let through, where the object does not.
   *
   * @param selector as {@code spec.schedulerName=default,status.phase!=Failed}; may be empty
   * @param exact whether to set only values that are known, which must come first
   */
  static void chosen(ObjectNode object, String selector, boolean exact) {
    for (Term term : Term.of(selector)) {
      if (term.in(object) == null && (!exact || term.isExact(true))) {
        term.set(object, true);
      }
    }
  }

  /**
   * Sees to it that an object which the selector left out is left out by what it says itself.
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
