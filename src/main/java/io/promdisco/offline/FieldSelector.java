package io.promdisco.offline;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses field selectors: {@code a=b}, {@code a==b}, {@code a!=b}, separated by commas, on the
 * fields that an API server supports for the kind.
 */
final class FieldSelector {
  /** Ends at a comma without a backslash before it. */
  private static final Pattern TERM = Pattern.compile("(?:\\\\.|[^,])+", Pattern.DOTALL);

  private static final Pattern ESCAPE = Pattern.compile("\\\\(.)", Pattern.DOTALL);

  private static final Set<String> METADATA = Set.of("metadata.name", "metadata.namespace");

  /** Fields by kind; other kinds have those of {@link #METADATA}. */
  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "Pod",
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
              "status.nominatedNodeName"),
          "Node",
          Set.of("metadata.name", "spec.unschedulable"),
          "Service",
          Set.of("metadata.name", "metadata.namespace", "spec.clusterIP", "spec.type"),
          "Namespace",
          Set.of("metadata.name", "status.phase"),
          "Job",
          Set.of("metadata.name", "metadata.namespace", "status.successful"));

  private FieldSelector() {}

  /**
   * Returns a predicate of objects; an empty selector matches all.
   *
   * @throws IllegalArgumentException if it is not a field selector, or uses a field that is not
   *     supported for the kind; with the API server's message
   */
  static Predicate<JsonNode> parse(Resource<?> resource, String text) {
    Predicate<JsonNode> all = any -> true;
    for (Matcher term = TERM.matcher(text); term.find(); ) {
      if (!term.group().isBlank()) {
        all = all.and(requirement(resource, text, term.group()));
      }
    }
    return all;
  }

  private static Predicate<JsonNode> requirement(Resource<?> resource, String text, String term) {
    int sign = term.indexOf('=');
    if (sign <= 0) {
      throw new IllegalArgumentException(
          "invalid selector: '" + text + "'; can't understand '" + term + "'");
    }
    boolean equal = term.charAt(sign - 1) != '!';
    String field = term.substring(0, equal ? sign : sign - 1);
    String value =
        ESCAPE
            .matcher(term.substring(term.startsWith("==", sign) ? sign + 2 : sign + 1))
            .replaceAll("$1");
    if (!FIELDS.getOrDefault(resource.kind(), METADATA).contains(field)) {
      throw new IllegalArgumentException(unknown(resource.kind(), field));
    }
    return object -> value(object, field).equals(value) == equal;
  }

  private static String unknown(String kind, String field) {
    if (kind.equals("Job")) {
      return "field label \"" + field + "\" not supported for Job";
    }
    return FIELDS.containsKey(kind)
        ? "field label not supported: " + field
        : "\""
            + field
            + "\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
  }

  /** A field that is not set has its zero value, as on the server. */
  private static String value(JsonNode object, String field) {
    String path = field.equals("status.successful") ? "status.succeeded" : field;
    int dot = path.indexOf('.');
    String value = KubernetesJson.text(object, path.substring(0, dot), path.substring(dot + 1));
    if (!value.isEmpty()) {
      return value;
    }
    return switch (field) {
      case "spec.unschedulable", "spec.hostNetwork" -> "false";
      case "status.successful" -> "0";
      default -> "";
    };
  }
}
