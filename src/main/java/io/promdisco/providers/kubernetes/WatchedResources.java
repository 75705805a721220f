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

/** What an SD config makes this process read of an API server. Pure. */
public final class WatchedResources {
  private WatchedResources() {}

  /**
   * Objects that are listed and watched.
   *
   * @param resource their kind
   * @param scope which of them; the empty namespace: all, or the kind has none
   */
  public record Watched(Resource<?> resource, WatchScope scope) {}

  /**
   * The namespaces that {@code config} discovers in, each once, sorted; the empty one alone stands
   * for all.
   *
   * @param own the namespace of this process; left out if {@code config} does not ask for it
   * @throws DiscoveryException if it asks for it and there is none
   */
  public static List<String> namespaces(KubernetesSdConfig config, Optional<String> own)
      throws DiscoveryException {
    if (config.role() == Role.NODE) {
      return List.of("");
    }
    if (config.ownNamespace() && own.isEmpty()) {
      throw new DiscoveryException(
          "namespaces.own_namespace: true (expected: only in a cluster, where the service account"
              + " names the namespace; otherwise list it under namespaces.names, and with a dump"
              + " give --namespace)");
    }
    Set<String> names = new TreeSet<>(config.namespaces());
    if (config.ownNamespace()) {
      own.ifPresent(names::add);
    }
    return names.isEmpty() || names.contains("") ? List.of("") : List.copyOf(names);
  }

  /** Everything that {@code config} reads in {@code namespaces}, each once, primary ones first. */
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
