package io.promdisco.providers.kubernetes.object;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An object of which more is read than discovery needs, as JSON: monitors, Secrets and ConfigMaps.
 *
 * @param meta without labels and annotations, which a Secret's values may be among
 * @param document {@code apiVersion}, {@code kind}, name, namespace and labels, {@code spec} and
 *     {@code data}; not to be changed
 */
public record DocumentView(ObjectMeta meta, JsonNode document) implements KubeObject {
  /** The key; the document may hold secrets. */
  @Override
  public String toString() {
    return "DocumentView[" + key() + "]";
  }
}
