package io.promdisco.monitors;

import io.promdisco.util.GoText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what resources name in Secrets and ConfigMaps of their namespace. As with the operator, a
 * value that only a scrape class names is there if a check has read its Secret or ConfigMap before.
 * A value that is no UTF-8 is an array of bytes. For one thread.
 */
final class References {
  private final MonitorObjects objects;
  private final Set<String> secretNamespaces; // empty: all
  private final Set<String> read = new HashSet<>();

  References(MonitorObjects objects, Set<String> secretNamespaces) {
    this.objects = objects;
    this.secretNamespaces = secretNamespaces;
  }

  /**
   * Reads a value of a Secret.
   *
   * @throws InvalidMonitorException if there is none, or the settings forbid to read it
   */
  Object secret(String namespace, KeyRef ref) throws InvalidMonitorException {
    String shown = GoText.quote(ref.name());
    if (!allows(namespace)) {
      throw new InvalidMonitorException(
          "unable to get secret " + shown + ": namespace " + namespace
              + " is not among the settings' secret_namespaces");
    }
    if (!objects.hasSecret(namespace, ref.name())) {
      throw new InvalidMonitorException(
          "unable to get secret " + shown + ": secrets " + shown + " not found");
    }
    read.add(secretKey(namespace, ref));
    byte[] value = objects.secret(namespace, ref);
    if (value == null) {
      throw new InvalidMonitorException(
          "key " + GoText.quote(ref.key()) + " in secret " + shown + " not found");
    }
    return text(value);
  }

  private boolean allows(String namespace) {
    return secretNamespaces.isEmpty() || secretNamespaces.contains(namespace);
  }

  private static String secretKey(String namespace, KeyRef ref) {
    return "s/" + namespace + "/" + ref.name();
  }

  private static String configMapKey(String namespace, KeyRef ref) {
    return "c/" + namespace + "/" + ref.name();
  }

  private static Object text(byte[] value) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
    } catch (CharacterCodingException e) {
      return value;
    }
  }

  private Object configMap(String namespace, KeyRef ref) throws InvalidMonitorException {
    String shown = GoText.quote(ref.name());
    if (!objects.hasConfigMap(namespace, ref.name())) {
      throw new InvalidMonitorException(
          "unable to get configmap " + shown + ": configmaps " + shown + " not found");
    }
    read.add(configMapKey(namespace, ref));
    String value = objects.configMap(namespace, ref);
    if (value == null) {
      throw new InvalidMonitorException(
          "key " + GoText.quote(ref.key()) + " in configmap " + shown + " not found");
    }
    return value;
  }

  /**
   * Reads the value that {@code ref} names; the empty string if it names none.
   *
   * @throws InvalidMonitorException if there is none, or the settings forbid to read it
   */
  Object value(String namespace, SecretOrConfigMap ref) throws InvalidMonitorException {
    if (ref.secret() != null) {
      return secret(namespace, ref.secret());
    }
    return ref.configMap() == null ? "" : configMap(namespace, ref.configMap());
  }

  /** Returns a value of a Secret that a check has read; null if there is none. */
  @Nullable Object known(String namespace, KeyRef ref) {
    if (!read.contains(secretKey(namespace, ref))) {
      return null;
    }
    byte[] value = objects.secret(namespace, ref);
    return value == null ? null : text(value);
  }

  /** Returns a value that a check has read; null if there is none. */
  @Nullable Object known(String namespace, SecretOrConfigMap ref) {
    if (ref.secret() != null) {
      return known(namespace, ref.secret());
    }
    return ref.configMap() != null && read.contains(configMapKey(namespace, ref.configMap()))
        ? objects.configMap(namespace, ref.configMap())
        : null;
  }
}
