package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Information about the server: version, API groups, resources. */
final class ServerInfo {
  private ServerInfo() {}

  /** Returns the object at {@code path}, if there is one. */
  static Optional<ObjectNode> at(String path) {
    return switch (path) {
      case "/version" -> Optional.of(version());
      case "/api" -> Optional.of(coreVersions());
      case "/apis" -> Optional.of(groups());
      default -> resources(path);
    };
  }

  private static ObjectNode version() {
    return KubernetesJson.object()
        .put("major", "1")
        .put("minor", "36")
        .put("gitVersion", "v1.36.0-simulated")
        .put("platform", "jvm");
  }

  private static ObjectNode coreVersions() {
    ObjectNode versions = KubernetesJson.object().put("kind", "APIVersions");
    versions.putArray("versions").add("v1");
    return versions;
  }

  private static ObjectNode groups() {
    ObjectNode list = KubernetesJson.object().put("kind", "APIGroupList").put("apiVersion", "v1");
    ArrayNode groups = list.putArray("groups");
    Set<String> seen = new LinkedHashSet<>();
    for (Resource<?> resource : Resource.ALL) {
      if (!resource.group().isEmpty() && seen.add(resource.group())) {
        ObjectNode group = groups.addObject().put("name", resource.group());
        ObjectNode version = KubernetesJson.object();
        version.put("groupVersion", resource.apiVersion()).put("version", resource.version());
        group.putArray("versions").add(version);
        group.set("preferredVersion", version.deepCopy());
      }
    }
    return list;
  }

  private static Optional<ObjectNode> resources(String path) {
    ObjectNode list =
        KubernetesJson.object().put("kind", "APIResourceList").put("apiVersion", "v1");
    ArrayNode resources = list.putArray("resources");
    for (Resource<?> resource : Resource.ALL) {
      String root = resource.group().isEmpty() ? "/api/" : "/apis/";
      if (path.equals(root + resource.apiVersion())) {
        list.put("groupVersion", resource.apiVersion());
        ObjectNode entry = resources.addObject();
        entry.put("name", resource.plural()).put("singularName", "");
        entry.put("namespaced", resource.namespaced()).put("kind", resource.kind());
        ArrayNode verbs = entry.putArray("verbs");
        for (String verb : new String[] {"create", "delete", "get", "list", "update", "watch"}) {
          verbs.add(verb);
        }
      }
    }
    return resources.isEmpty() ? Optional.empty() : Optional.of(list);
  }
}
