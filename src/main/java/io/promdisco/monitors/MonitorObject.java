package io.promdisco.monitors;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * A resource as an API server serves it.
 *
 * @param labels of the object
 * @param spec its specification, unchecked
 */
public record MonitorObject(
    MonitorKind kind, String namespace, String name, Map<String, String> labels, JsonNode spec) {
  /** Copies the labels. */
  public MonitorObject {
    labels = Map.copyOf(labels);
  }

  /** Names it among all kinds. */
  String id() {
    return kind.kind() + "/" + key();
  }

  /** {@code servicemonitor/shop/web}. */
  public String text() {
    return kind.text() + "/" + key();
  }

  /** {@code namespace/name}: the order of jobs is that of these strings. */
  String key() {
    return namespace + "/" + name;
  }
}
