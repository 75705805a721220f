package io.promdisco.sim;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;

/**
 * Every SD config finds its objects in one dump.
 *
 * @param cluster what the dump holds
 */
public record ManifestsClients(SimCluster cluster) implements ResourceClientFactory {
  @Override
  public ResourceClient open(KubernetesSdConfig config) {
    return new SimClient(cluster, "manifests");
  }

  @Override
  public Object identity(KubernetesSdConfig config) {
    return "manifests";
  }
}
