package io.promdisco.providers.kubernetes.watch;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import java.util.Optional;

/** Opens clients. SD configs with the same server and credentials share one. */
@FunctionalInterface
public interface ResourceClientFactory {
  /**
   * Opens a client without connecting to the server.
   *
   * @throws DiscoveryException if the configuration is unusable: a missing file, no current
   *     context, not in a cluster
   */
  ResourceClient open(KubernetesSdConfig config) throws DiscoveryException;

  /**
   * Returns the identity of the server and the credentials of {@code config}: SD configs with equal
   * identities can share a client. The default compares the settings as written; a factory may
   * resolve them.
   */
  default Object identity(KubernetesSdConfig config) {
    record Written(
        Optional<String> apiServer, Optional<String> kubeconfigFile, HttpClientConfig http) {}
    return new Written(config.apiServer(), config.kubeconfigFile(), config.http());
  }
}
