package io.promdisco.providers.kubernetes.client;

import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.util.Ticker;
import java.nio.file.Path;
import java.util.Map;

/** Connects to API servers as a process in a cluster does. */
public final class InClusterClients {
  private InClusterClients() {}

  /**
   * What opens the clients.
   *
   * @param serviceAccount the folder that Kubernetes mounts
   * @param serviceAccount the folder that it mounts
   */
  public static ResourceClientFactory of(
      Ticker ticker, Map<String, String> env, Path serviceAccount) {
    return new ApiServerClientFactory(ticker, env, serviceAccount);
  }
}
