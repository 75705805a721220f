package io.promdisco.providers.kubernetes.client;

import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.util.Ticker;
import java.nio.file.Path;
import java.util.Map;

/** Reaches API servers as a process does that runs in a cluster. */
public final class InClusterClients {
  private InClusterClients() {}

  /**
   * What opens the clients.
   *
   * @param env the variables that Kubernetes sets
   * @param serviceAccount the folder that it mounts
   */
  public static ResourceClientFactory of(
      Ticker ticker, Map<String, String> env, Path serviceAccount) {
    return new ApiServerClientFactory(ticker, env, serviceAccount);
  }
}
