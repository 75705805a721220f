package io.promdisco.providers.kubernetes.watch;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;

/** Opens clients; SD configs that name the same server and credentials share one. */
@FunctionalInterface
public interface ResourceClientFactory {
  /**
   * Opens a client; does not talk to the server yet.
   *
   * @throws DiscoveryException if the configuration cannot be used: a missing file, no current
   *     context, not in a cluster
   */
  ResourceClient open(KubernetesSdConfig config) throws DiscoveryException;
}
