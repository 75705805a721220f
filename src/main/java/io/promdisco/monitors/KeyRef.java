package io.promdisco.monitors;

/**
 * Names a key of a Secret or a ConfigMap.
 *
 * @param name of the object; empty: missing
 * @param key empty: missing
 */
record KeyRef(String name, String key) {
  static KeyRef of(SpecNode node) throws InvalidMonitorException {
    return new KeyRef(node.textOrEmpty("name"), node.textOrEmpty("key"));
  }
}
