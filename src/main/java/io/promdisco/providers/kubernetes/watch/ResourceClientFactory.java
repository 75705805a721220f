package io.promdisco.providers.kubernetes.watch;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import java.util.Optional;

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

  /**
   * What of {@code config} names the server and the credentials: SD configs with equal identities
   * can share a client. By default that is what is written; a factory may know better.
   */
  default Object identity(KubernetesSdConfig config) {
    record Written(
        Optional<String> apiServer, Optional<String> kubeconfigFile, HttpClientConfig http) {}
    return new Written(config.apiServer(), config.kubeconfigFile(), config.http());
  }
}
