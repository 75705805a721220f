package io.promdisco.cli.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.cli.output.CommandException;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.offline.ManifestCluster;
import io.promdisco.offline.ManifestWriter;
import io.promdisco.providers.kubernetes.WatchedResources;
import io.promdisco.providers.kubernetes.WatchedResources.Watched;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.WatchErrorMessage;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects the objects of one cluster that SD configs read, without other fields. For one thread.
 */
public final class ClusterDump {
  /** This annotation contains a copy of the whole object, including its environment variables. */
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private static final int PAGE_SIZE = 500;

  private final ClusterClients readers;
  private final Map<Watched, Set<ObjectKey>> read = new LinkedHashMap<>();
  private final Map<Resource<?>, Map<ObjectKey, ObjectNode>> found = new HashMap<>();

  public ClusterDump(ClusterClients readers) {
    this.readers = readers;
  }

  /**
   * Reads the objects from which {@code config} discovers.
   *
   * @throws CommandException if the configuration cannot be used, or its server does not answer
   */
  public void add(KubernetesSdConfig config) throws InterruptedException {
    ResourceClient client;
    List<String> namespaces;
    try {
      client = readers.of(config);
      namespaces = WatchedResources.namespaces(config, client.ownNamespace());
    } catch (DiscoveryException e) {
      throw CommandException.usage(e);
    }
    for (Watched watched : WatchedResources.of(config, namespaces)) {
      if (!read.containsKey(watched)) {
        read.put(watched, read(watched, client));
      }
    }
  }

  private Set<ObjectKey> read(Watched watched, ResourceClient client) throws InterruptedException {
    Map<ObjectKey, ObjectNode> objects =
        found.computeIfAbsent(watched.resource(), any -> new LinkedHashMap<>());
    Set<ObjectKey> chosen = new HashSet<>();
    try {
      List<KubeObject> views = new ArrayList<>();
      client.listAll(watched.resource(), watched.scope(), PAGE_SIZE, views::add);
      for (KubeObject view : views) {
        objects.computeIfAbsent(
            view.key(), any -> slim(ManifestWriter.of(watched.resource(), view)));
        chosen.add(view.key());
      }
    } catch (IOException e) {
      throw CommandException.unreachable(
          client.server()
              + ": "
              + WatchErrorMessage.of(e, watched.resource(), watched.scope()).reason());
    }
    return chosen;
  }

  private static ObjectNode slim(ObjectNode object) {
    if (object.path("metadata").path("annotations") instanceof ObjectNode annotations
        && annotations.has(LAST_APPLIED)) {
      annotations.put(LAST_APPLIED, "{}");
    }
    return object;
  }

  /** Returns everything that was read, each object once, by kind. */
  public List<ObjectNode> objects() {
    List<ObjectNode> objects = new ArrayList<>();
    for (Resource<?> resource : Resource.ALL) {
      objects.addAll(found.getOrDefault(resource, Map.of()).values());
    }
    if (read.keySet().stream().anyMatch(one -> !one.scope().fieldSelector().isEmpty())) {
      ManifestCluster cluster =
          new ManifestCluster(objects.stream().map(ObjectNode::deepCopy).toList());
      for (boolean exact : List.of(true, false)) {
        read.forEach((watched, chosen) -> setFields(watched, chosen, cluster, exact));
      }
    }
    return objects;
  }

  /**
   * Sets fields so that the field selector of a watch selects the same objects again. Ignores
   * objects in other namespaces or with other labels.
   */
  private void setFields(
      Watched watched, Set<ObjectKey> chosen, ManifestCluster cluster, boolean exact) {
    WatchScope scope = watched.scope();
    if (scope.fieldSelector().isEmpty()) {
      return;
    }
    Map<ObjectKey, ObjectNode> objects = found.getOrDefault(watched.resource(), Map.of());
    Set<ObjectKey> within = new HashSet<>();
    for (ObjectNode one :
        cluster.list(
            watched.resource(), new WatchScope(scope.namespace(), scope.labelSelector(), ""))) {
      JsonNode metadata = one.path("metadata");
      within.add(
          new ObjectKey(metadata.path("namespace").asText(), metadata.path("name").asText()));
    }
    objects.forEach(
        (key, object) -> {
          if (chosen.contains(key)) {
            FieldSelectorValues.chosen(object, scope.fieldSelector(), exact);
          } else if (within.contains(key)) {
            FieldSelectorValues.leftOut(object, scope.fieldSelector(), exact);
          }
        });
  }
}
