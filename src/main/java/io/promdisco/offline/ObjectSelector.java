package io.promdisco.offline;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.util.function.Predicate;

/**
 * The objects of a resource that a request selects.
 *
 * @param scope namespace and selectors of the request
 * @param labels matches the labels of an object, given as a JSON object
 * @param fields matches an object
 */
public record ObjectSelector(
    WatchScope scope, Predicate<JsonNode> labels, Predicate<JsonNode> fields) {
  /**
   * Parses the selectors of a request.
   *
   * @throws IllegalArgumentException if the server would answer 400; with the server's message
   */
  public static ObjectSelector of(Resource<?> resource, WatchScope scope) {
    return new ObjectSelector(
        scope,
        LabelSelector.parse(scope.labelSelector()),
        FieldSelector.parse(resource, scope.fieldSelector()));
  }

  /** Returns whether {@code object} is selected. */
  public boolean matches(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    return (scope.namespace().isEmpty()
            || scope.namespace().equals(KubernetesJson.text(metadata, "namespace")))
        && labels.test(metadata.path("labels"))
        && fields.test(object);
  }

  /** Whether there are selectors besides the namespace. */
  public boolean hasSelectors() {
    return !scope.labelSelector().isBlank() || !scope.fieldSelector().isBlank();
  }
}
