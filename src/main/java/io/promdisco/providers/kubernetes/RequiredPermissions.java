package io.promdisco.providers.kubernetes;

import io.promdisco.providers.kubernetes.WatchedResources.Watched;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** The minimal permissions that credentials need for the watched resources. Pure. */
public final class RequiredPermissions {
  /** The verbs that a reflector uses. */
  public static final List<String> VERBS = List.of("list", "watch");

  private RequiredPermissions() {}

  /**
   * The permission to list and watch a kind of objects.
   *
   * @param resource the kind
   * @param namespace the namespace; empty for all namespaces, or if the kind has none
   */
  public record Permission(Resource<?> resource, String namespace) {
    /** Returns the permission for a verb, for example {@code list pods in namespace shop}. */
    public String right(String verb) {
      return verb
          + " "
          + resource.plural()
          + (resource.group().isEmpty() ? "" : "." + resource.group())
          + (namespace.isEmpty()
              ? (resource.namespaced() ? " in all namespaces" : "")
              : " in namespace " + namespace);
    }
  }

  /**
   * Returns the required permissions, each once: cluster-wide ones first, then by namespace. A
   * cluster-wide permission is not repeated for a namespace.
   */
  public static List<Permission> of(Collection<Watched> watched) {
    Set<Resource<?>> everywhere = new HashSet<>();
    for (Watched one : watched) {
      if (one.scope().namespace().isEmpty()) {
        everywhere.add(one.resource());
      }
    }
    TreeMap<String, Set<Resource<?>>> byNamespace = new TreeMap<>();
    byNamespace.put("", everywhere);
    for (Watched one : watched) {
      if (!everywhere.contains(one.resource())) {
        byNamespace
            .computeIfAbsent(one.scope().namespace(), any -> new HashSet<>())
            .add(one.resource());
      }
    }
    List<Permission> needed = new ArrayList<>();
    byNamespace.forEach(
        (namespace, resources) -> {
          for (Resource<?> resource : Resource.ALL) {
            if (resources.contains(resource)) {
              needed.add(new Permission(resource, namespace));
            }
          }
        });
    return needed;
  }
}
