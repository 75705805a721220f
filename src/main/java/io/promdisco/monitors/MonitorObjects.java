package io.promdisco.monitors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Resources and the objects that they may name, out of the documents of an API server. Of two
 * objects of one name the later counts. Immutable; safe for all threads.
 */
public final class MonitorObjects {
  /** The label that an API server gives each namespace. */
  private static final String NAMESPACE_NAME = "kubernetes.io/metadata.name";

  private final Map<MonitorKind, NavigableMap<String, MonitorObject>> monitors =
      new EnumMap<>(MonitorKind.class);
  private final Map<String, Map<String, String>> namespaces = new TreeMap<>();
  private final Map<String, JsonNode> data = new HashMap<>();
  private final Function<DataName, @Nullable String> unread;

  private MonitorObjects(Function<DataName, @Nullable String> unread) {
    this.unread = unread;
    for (MonitorKind kind : MonitorKind.values()) {
      monitors.put(kind, new TreeMap<>());
    }
  }

  /**
   * Returns the resources, Namespaces, Secrets and ConfigMaps among {@code objects}, which must not
   * be changed afterwards. A namespace that is only named by a resource exists, without labels of
   * its own.
   */
  public static MonitorObjects of(Iterable<? extends JsonNode> objects) {
    return of(objects, name -> null);
  }

  /**
   * As {@link #of(Iterable)}, where some Secrets and ConfigMaps could not be read, so that it is
   * not known whether they exist.
   *
   * @param unread says why one could not be read; empty: reading it has just begun; null: it is
   *     among the objects, or does not exist. Safe for all threads, and always says the same
   */
  public static MonitorObjects of(
      Iterable<? extends JsonNode> objects, Function<DataName, @Nullable String> unread) {
    MonitorObjects all = new MonitorObjects(unread);
    objects.forEach(all::add);
    for (NavigableMap<String, MonitorObject> ofKind : all.monitors.values()) {
      for (MonitorObject monitor : ofKind.values()) {
        all.namespaces.putIfAbsent(
            monitor.namespace(), Map.of(NAMESPACE_NAME, monitor.namespace()));
      }
    }
    return all;
  }

  /** Whether {@link #of} takes an object for a resource, or for one that a resource may name. */
  public static boolean isKnown(JsonNode object) {
    return kind(object).isPresent() || isData(object);
  }

  private static Optional<MonitorKind> kind(JsonNode object) {
    String apiVersion = object.path("apiVersion").asText();
    String kind = object.path("kind").asText();
    for (MonitorKind known : MonitorKind.values()) {
      if (known.kind().equals(kind)
          && apiVersion.equals(MonitorKind.GROUP + "/" + known.version())) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }

  private static boolean isData(JsonNode object) {
    String kind = object.path("kind").asText();
    return object.path("apiVersion").asText().equals("v1")
        && (kind.equals("Secret") || kind.equals("ConfigMap"));
  }

  private void add(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    String name = metadata.path("name").asText();
    String namespace = metadata.path("namespace").asText("default");
    kind(object)
        .ifPresent(
            kind -> {
              MonitorObject monitor =
                  new MonitorObject(
                      kind, namespace, name, texts(metadata.path("labels")), object.path("spec"));
              ofKind(kind).put(monitor.key(), monitor);
            });
    if (isData(object)) {
      data.put(dataKey(object.path("kind").asText(), namespace, name), object);
    } else if (object.path("kind").asText().equals("Namespace")) {
      Map<String, String> labels = texts(metadata.path("labels"));
      labels.put(NAMESPACE_NAME, name);
      namespaces.put(name, labels);
    }
  }

  private static Map<String, String> texts(JsonNode map) {
    Map<String, String> texts = new TreeMap<>();
    map.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
  }

  private static String dataKey(String kind, String namespace, String name) {
    return kind + "/" + namespace + "/" + name;
  }

  private NavigableMap<String, MonitorObject> ofKind(MonitorKind kind) {
    NavigableMap<String, MonitorObject> ofKind = monitors.get(kind);
    if (ofKind == null) {
      throw new IllegalStateException(kind.text());
    }
    return ofKind;
  }

  /** Returns the resources of a kind, ordered by {@code namespace/name}. */
  public Collection<MonitorObject> monitors(MonitorKind kind) {
    return ofKind(kind).values();
  }

  /** Returns the labels of a namespace. */
  Map<String, String> namespaceLabels(String namespace) {
    return namespaces.getOrDefault(namespace, Map.of());
  }

  /**
   * Returns why a Secret or ConfigMap could not be read; empty: reading it has just begun; null: it
   * was read, or does not exist.
   */
  @Nullable String whyUnread(DataName name) {
    return unread.apply(name);
  }

  /** Whether there is such a Secret. */
  boolean hasSecret(String namespace, String name) {
    return data.containsKey(dataKey("Secret", namespace, name));
  }

  /** Whether there is such a ConfigMap. */
  boolean hasConfigMap(String namespace, String name) {
    return data.containsKey(dataKey("ConfigMap", namespace, name));
  }

  /** Returns a value of a Secret; null if it has no such key. */
  byte @Nullable [] secret(String namespace, KeyRef ref) {
    JsonNode secret = data.get(dataKey("Secret", namespace, ref.name()));
    if (secret == null) {
      return null;
    }
    JsonNode plain = secret.path("stringData").path(ref.key());
    if (!plain.isMissingNode()) {
      return plain.asText().getBytes(StandardCharsets.UTF_8);
    }
    JsonNode encoded = secret.path("data").path(ref.key());
    try {
      return encoded.isMissingNode() ? null : Base64.getMimeDecoder().decode(encoded.asText());
    } catch (IllegalArgumentException e) {
      return null; // An API server has no such Secret.
    }
  }

  /** Returns a value of a ConfigMap; null if it has no such key. */
  @Nullable String configMap(String namespace, KeyRef ref) {
    JsonNode value =
        data.getOrDefault(dataKey("ConfigMap", namespace, ref.name()), MissingNode.getInstance())
            .path("data")
            .path(ref.key());
    return value.isMissingNode() ? null : value.asText();
  }
}
