package io.promdisco.offline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The objects of a dump, with the defaults that an API server sets. Safe for all threads; the
 * objects must not be changed.
 */
public final class ManifestCluster {
  private final Map<Resource<?>, NavigableMap<String, ObjectNode>> objects = new HashMap<>();
  private long resourceVersion;

  /**
   * Takes ownership of the objects. Of two with the same name, the later one is used; kinds that
   * are not in {@code Resource.ALL} are ignored.
   */
  public ManifestCluster(Iterable<ObjectNode> objects) {
    objects.forEach(
        object -> ResourceKinds.find(object).ifPresent(resource -> add(resource, object)));
  }

  private void add(Resource<?> resource, ObjectNode object) {
    ApiServerDefaults.apply(resource, object);
    ObjectNode metadata = KubernetesJson.child(object, "metadata");
    if (KubernetesJson.text(metadata, "uid").isEmpty()) {
      metadata.put("uid", UUID.randomUUID().toString());
    }
    resourceVersion++;
    metadata.put("resourceVersion", Long.toString(resourceVersion));
    objects
        .computeIfAbsent(resource, any -> new TreeMap<>())
        .put(
            KubernetesJson.text(metadata, "namespace")
                + "/"
                + KubernetesJson.text(metadata, "name"),
            object);
  }

  /**
   * Returns the selected objects, ordered by namespace and name.
   *
   * @throws IllegalArgumentException if a selector is invalid
   */
  public List<ObjectNode> list(Resource<?> resource, WatchScope scope) {
    return objects.getOrDefault(resource, new TreeMap<>()).values().stream()
        .filter(ObjectSelector.of(resource, scope)::matches)
        .toList();
  }

  /** Returns the version of the newest object. */
  long resourceVersion() {
    return resourceVersion;
  }
}
