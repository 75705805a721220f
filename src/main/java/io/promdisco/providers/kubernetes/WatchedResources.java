package io.promdisco.providers.kubernetes;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The resources that an SD config reads from an API server. Pure. */
public final class WatchedResources {
  private WatchedResources() {}

  /**
   * Objects that are listed and watched.
   *
   * @param resource their kind
   * @param scope which of them; an empty namespace means all, or that the kind has none
   */
  public record Watched(Resource<?> resource, WatchScope scope) {}

  /**
   * Returns the namespaces that {@code config} discovers in, each once, sorted; only the empty one
   * for all.
   *
   * @param own the namespace of this process; used only if {@code config} requests it
   * @throws DiscoveryException if {@code config} requests it and it is unknown
   */
  public static List<String> namespaces(KubernetesSdConfig config, Optional<String> own)
      throws DiscoveryException {
    if (config.role() == Role.NODE) {
      return List.of("");
    }
    if (config.ownNamespace() && own.isEmpty()) {
      throw new DiscoveryException(
          "namespaces.own_namespace: true: the namespace is unknown (expected: a program in"
              + " a cluster, whose service account names it; elsewhere a list under"
              + " namespaces.names; with a dump --namespace)");
    }
    Set<String> names = new TreeSet<>(config.namespaces());
    if (config.ownNamespace()) {
      own.ifPresent(names::add);
    }
    return names.isEmpty() || names.contains("") ? List.of("") : List.copyOf(names);
  }

  /**
   * Returns everything that {@code config} reads in {@code namespaces}, each once, primary
   * resources first.
   */
  public static List<Watched> of(KubernetesSdConfig config, List<String> namespaces) {
    Set<Watched> watched = new LinkedHashSet<>();
    for (RoleWatches.Watch<?> watch : RoleWatches.of(config.role(), config.attach()).watches()) {
      for (String namespace : namespaces) {
        watched.add(new Watched(watch.resource(), watch.scope(config, namespace)));
      }
    }
    return new ArrayList<>(watched);
  }
}
