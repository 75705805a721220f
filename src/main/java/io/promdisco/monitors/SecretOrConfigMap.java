package io.promdisco.monitors;

import org.jspecify.annotations.Nullable;

/**
 * Names a key of a Secret or of a ConfigMap; a Secret takes precedence.
 *
 * @param secret null if it is missing
 * @param configMap null if it is missing
 */
record SecretOrConfigMap(@Nullable KeyRef secret, @Nullable KeyRef configMap) {
  static SecretOrConfigMap of(SpecNode node) throws InvalidMonitorException {
    SpecNode secret = node.child("secret");
    SpecNode configMap = node.child("configMap");
    return new SecretOrConfigMap(
        secret == null ? null : KeyRef.of(secret), configMap == null ? null : KeyRef.of(configMap));
  }

  boolean isEmpty() {
    return secret == null && configMap == null;
  }

  void check() throws InvalidMonitorException {
    if (secret != null && configMap != null) {
      throw new InvalidMonitorException("cannot specify both Secret and ConfigMap");
    }
  }

  /** As the operator's messages name it. */
  @Override
  public String toString() {
    if (secret != null) {
      return "<secret=" + secret.name() + ",key=" + secret.key() + ">";
    }
    return configMap == null
        ? "<empty>"
        : "<configmap=" + configMap.name() + ",key=" + configMap.key() + ">";
  }
}
