package io.promdisco.monitors;

import io.promdisco.util.GoFormatting;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads what resources name in Secrets and ConfigMaps of their namespace. As with the operator, a
 * value that only a scrape class names is there if a check has read its Secret or ConfigMap before.
 * A value that is no UTF-8 is an array of bytes. For one compilation and one thread.
 */
final class References {
  private final MonitorObjects objects;
  private final Set<String> secretNamespaces; // empty: all
  private final Set<DataName> read = new HashSet<>();
  private Lookups lookups = new Lookups();

  References(MonitorObjects objects, Set<String> secretNamespaces) {
    this.objects = objects;
    this.secretNamespaces = secretNamespaces;
  }

  /** A key of a Secret or a ConfigMap. */
  private record Lookup(DataName of, String key) {}

  /** What was looked up for a resource, and what was found; null: nothing. */
  static final class Lookups {
    private final Map<Lookup, @Nullable Object> checked = new HashMap<>();
    private final Map<Lookup, @Nullable Object> used = new HashMap<>();
    private final Map<DataName, String> unread = new HashMap<>();

    /** Returns why the first Secret or ConfigMap could not be read; null: all were read. */
    @Nullable String whyUnread() {
      return unread.values().stream().findFirst().orElse(null);
    }

    /** Returns the Secrets and ConfigMaps that the check has asked for, existing or not. */
    Set<DataName> names() {
      return checked.keySet().stream().map(Lookup::of).collect(Collectors.toSet());
    }
  }

  /** Notes from now on, in the result, what is looked up. */
  Lookups note() {
    lookups = new Lookups();
    return lookups;
  }

  /** Notes from now on what jobs are made from, in place of what {@code again} holds of that. */
  void note(Lookups again) {
    again.used.clear();
    lookups = again;
  }

  /**
   * Looks up again what a check has looked up, so that others find it.
   *
   * @return whether it finds the same
   */
  boolean checksAgain(Lookups before) {
    boolean same = true;
    for (Map.Entry<Lookup, @Nullable Object> entry : before.checked.entrySet()) {
      Lookup lookup = entry.getKey();
      if (exists(lookup.of)) {
        read.add(lookup.of);
      }
      same &=
          Objects.deepEquals(value(lookup), entry.getValue())
              && Objects.equals(objects.whyUnread(lookup.of), before.unread.get(lookup.of));
    }
    return same;
  }

  /** Whether what jobs were made from is the same now. */
  boolean findsAgain(Lookups before) {
    return before.used.entrySet().stream()
        .allMatch(entry -> Objects.deepEquals(known(entry.getKey()), entry.getValue()));
  }

  /**
   * Reads a value of a Secret.
   *
   * @throws InvalidMonitorException if there is none, or the settings forbid to read it
   */
  Object secret(String namespace, KeyRef ref) throws InvalidMonitorException {
    return checked(new Lookup(new DataName(true, namespace, ref.name()), ref.key()));
  }

  private boolean allows(String namespace) {
    return secretNamespaces.isEmpty() || secretNamespaces.contains(namespace);
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
    KeyRef map = ref.configMap();
    return map == null
        ? ""
        : checked(new Lookup(new DataName(false, namespace, map.name()), map.key()));
  }

  private Object checked(Lookup lookup) throws InvalidMonitorException {
    DataName of = lookup.of;
    String kind = of.isSecret() ? "secret" : "configmap";
    String shown = GoFormatting.quote(of.name());
    if (!allows(of.namespace())) {
      throw new InvalidMonitorException(
          "unable to get "
              + kind
              + " "
              + shown
              + ": namespace "
              + of.namespace()
              + " is not among the settings' secret_namespaces");
    }
    Object value = value(lookup);
    lookups.checked.put(lookup, value);
    String unread = objects.whyUnread(of);
    if (unread != null) {
      lookups.unread.put(of, unread);
      throw new InvalidMonitorException("unable to get " + kind + " " + shown + ": " + unread);
    }
    if (!exists(of)) {
      throw new InvalidMonitorException(
          "unable to get " + kind + " " + shown + ": " + kind + "s " + shown + " not found");
    }
    read.add(of);
    if (value == null) {
      throw new InvalidMonitorException(
          "key " + GoFormatting.quote(lookup.key) + " in " + kind + " " + shown + " not found");
    }
    return value;
  }

  private boolean exists(DataName of) {
    return of.isSecret()
        ? objects.hasSecret(of.namespace(), of.name())
        : objects.hasConfigMap(of.namespace(), of.name());
  }

  private @Nullable Object value(Lookup lookup) {
    DataName of = lookup.of;
    if (!of.isSecret()) {
      return objects.configMap(of.namespace(), new KeyRef(of.name(), lookup.key));
    }
    byte[] value = objects.secret(of.namespace(), new KeyRef(of.name(), lookup.key));
    return value == null ? null : text(value);
  }

  private static Object text(byte[] value) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
    } catch (CharacterCodingException e) {
      return value;
    }
  }

  /** Returns a value of a Secret that a check has read; null if there is none. */
  @Nullable Object known(String namespace, KeyRef ref) {
    return used(new Lookup(new DataName(true, namespace, ref.name()), ref.key()));
  }

  /** Returns a value that a check has read; null if there is none. */
  @Nullable Object known(String namespace, SecretOrConfigMap ref) {
    if (ref.secret() != null) {
      return known(namespace, ref.secret());
    }
    KeyRef map = ref.configMap();
    return map == null
        ? null
        : used(new Lookup(new DataName(false, namespace, map.name()), map.key()));
  }

  private @Nullable Object used(Lookup lookup) {
    Object value = known(lookup);
    lookups.used.put(lookup, value);
    return value;
  }

  private @Nullable Object known(Lookup lookup) {
    return read.contains(lookup.of) ? value(lookup) : null;
  }
}
