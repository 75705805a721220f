package io.promdisco.sim;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.offline.Json;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A field selector as in the {@code fieldSelector} parameter: {@code a=b}, {@code a==b}, {@code
 * a!=b}, joined by commas, on those fields that a real server knows for the kind. Immutable.
 */
final class FieldSelector {
  private record Requirement(String field, boolean equal, String value) {}

  static final FieldSelector ALL = new FieldSelector(List.of());

  private static final Set<String> METADATA = Set.of("metadata.name", "metadata.namespace");
  private static final Set<String> POD =
      Set.of(
          "metadata.name",
          "metadata.namespace",
          "spec.nodeName",
          "spec.restartPolicy",
          "spec.schedulerName",
          "spec.serviceAccountName",
          "spec.hostNetwork",
          "status.phase",
          "status.podIP",
          "status.nominatedNodeName");
  private static final Set<String> NODE = Set.of("metadata.name", "spec.unschedulable");
  private static final Set<String> SERVICE =
      Set.of("metadata.name", "metadata.namespace", "spec.clusterIP", "spec.type");
  private static final Set<String> NAMESPACE = Set.of("metadata.name", "status.phase");
  private static final Set<String> JOB =
      Set.of("metadata.name", "metadata.namespace", "status.successful");

  private final List<Requirement> requirements;

  private FieldSelector(List<Requirement> requirements) {
    this.requirements = requirements;
  }

  /**
   * Reads a selector for objects of {@code resource}; an empty one selects all.
   *
   * @throws StatusException with code 400 if it is none or names a field that cannot be selected by
   */
  static FieldSelector parse(Resource<?> resource, String text) {
    if (text.isBlank()) {
      return ALL;
    }
    List<Requirement> out = new ArrayList<>();
    for (String term : terms(text)) {
      if (!term.isBlank()) {
        out.add(requirement(resource, text, term));
      }
    }
    return new FieldSelector(List.copyOf(out));
  }

  private static Requirement requirement(Resource<?> resource, String text, String term) {
    int sign = term.indexOf('=');
    if (sign <= 0) {
      throw StatusException.badRequest(
          "invalid selector: '" + text + "'; can't understand '" + term + "'");
    }
    boolean equal = term.charAt(sign - 1) != '!';
    String field = term.substring(0, equal ? sign : sign - 1);
    String value = term.substring(term.startsWith("==", sign) ? sign + 2 : sign + 1);
    requireKnown(resource, field);
    return new Requirement(field, equal, unescaped(value));
  }

  /** Parts between commas that no backslash precedes. */
  private static List<String> terms(String text) {
    List<String> terms = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == ',') {
        terms.add(text.substring(start, i));
        start = i + 1;
      }
    }
    terms.add(text.substring(start));
    return terms;
  }

  private static String unescaped(String value) {
    if (value.indexOf('\\') < 0) {
      return value;
    }
    StringBuilder out = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) == '\\' && i + 1 < value.length()) {
        i++;
      }
      out.append(value.charAt(i));
    }
    return out.toString();
  }

  private static void requireKnown(Resource<?> resource, String field) {
    switch (resource.kind()) {
      case "Pod" -> requireOneOf(POD, field);
      case "Node" -> requireOneOf(NODE, field);
      case "Service" -> requireOneOf(SERVICE, field);
      case "Namespace" -> requireOneOf(NAMESPACE, field);
      case "Job" -> {
        if (!JOB.contains(field)) {
          throw StatusException.badRequest("field label \"" + field + "\" not supported for Job");
        }
      }
      default -> {
        if (!METADATA.contains(field)) {
          throw StatusException.badRequest(
              "\""
                  + field
                  + "\" is not a known field selector: only \"metadata.name\","
                  + " \"metadata.namespace\"");
        }
      }
    }
  }

  private static void requireOneOf(Set<String> known, String field) {
    if (!known.contains(field)) {
      throw StatusException.badRequest("field label not supported: " + field);
    }
  }

  boolean isAll() {
    return requirements.isEmpty();
  }

  boolean matches(JsonNode object) {
    for (Requirement requirement : requirements) {
      if (requirement.equal != value(object, requirement.field).equals(requirement.value)) {
        return false;
      }
    }
    return true;
  }

  /** A field that is not set has its zero value, as in the server's own structures. */
  private static String value(JsonNode object, String field) {
    return switch (field) {
      case "spec.unschedulable", "spec.hostNetwork" -> orElse(at(object, field), "false");
      case "status.successful" -> orElse(at(object, "status.succeeded"), "0");
      default -> at(object, field);
    };
  }

  private static String at(JsonNode object, String field) {
    int dot = field.indexOf('.');
    return Json.text(object, field.substring(0, dot), field.substring(dot + 1));
  }

  private static String orElse(String value, String zero) {
    return value.isEmpty() ? zero : value;
  }
}
