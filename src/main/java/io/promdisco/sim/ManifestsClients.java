package io.promdisco.sim;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import java.util.Optional;

/**
 * Every SD config finds its objects in one dump.
 *
 * @param cluster what the dump holds
 * @param ownNamespace the namespace that {@code own_namespace} means; empty: unknown
 */
public record ManifestsClients(SimCluster cluster, Optional<String> ownNamespace)
    implements ResourceClientFactory {
  @Override
  public ResourceClient open(KubernetesSdConfig config) {
    return new SimClient(cluster, "manifests", ownNamespace);
  }

  @Override
  public Object identity(KubernetesSdConfig config) {
    return "manifests";
  }
}
