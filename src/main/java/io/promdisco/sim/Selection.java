package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.Json;
import io.promdisco.providers.kubernetes.object.Resource;

/**
 * Which objects of a resource.
 *
 * @param namespace empty: all
 * @param labels label selector
 * @param fields field selector
 */
record Selection(String namespace, LabelSelector labels, FieldSelector fields) {
  /**
   * Reads the selectors as in a request.
   *
   * @throws StatusException with code 400 if a selector is none
   */
  static Selection of(
      Resource<?> resource, String namespace, String labelSelector, String fieldSelector) {
    return new Selection(
        namespace,
        LabelSelector.parse(labelSelector),
        FieldSelector.parse(resource, fieldSelector));
  }

  boolean matches(ObjectNode object) {
    return (namespace.isEmpty() || namespace.equals(Json.text(object, "metadata", "namespace")))
        && labels.matches(object)
        && fields.matches(object);
  }

  boolean hasSelectors() {
    return !labels.isAll() || !fields.isAll();
  }
}
