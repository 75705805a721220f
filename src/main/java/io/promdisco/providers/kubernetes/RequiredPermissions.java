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
  public record Permission(
      Resource<?> resource, String namespace, List<String> verbs, List<String> names) {
    /** Copies the lists. */
    public Permission {
      verbs = List.copyOf(verbs);
      names = List.copyOf(names);
    }

    /** The permission to list and watch all objects of a kind. */
    Permission(Resource<?> resource, String namespace) {
      this(resource, namespace, VERBS, List.of());
    }

    /**
     * The right to do this, as {@code list pods in namespace shop}.
     *
     * @param name of the object; empty: all objects
     */
    public String right(String verb, String name) {
      return verb
          + " "
          + resource.plural()
          + (resource.group().isEmpty() ? "" : "." + resource.group())
          + (name.isEmpty() ? "" : " " + name)
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
