package io.promdisco.cli.source;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.util.Closer;
import io.promdisco.util.SystemTicker;
import io.promdisco.util.Ticker;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Clients for reading clusters, one for each server and credentials. For one thread. */
public final class ClusterClients implements AutoCloseable {
  private final Closer closer = new Closer();
  private final ResourceClientFactory factory;
  private final Map<Object, ResourceClient> clients = new HashMap<>();

  public ClusterClients(Function<Ticker, ResourceClientFactory> factories) {
    factory = factories.apply(closer.add(new SystemTicker()));
  }

  /**
   * Returns the client of the cluster that {@code config} names.
   *
   * @throws DiscoveryException if the configuration cannot be used
   */
  public ResourceClient of(KubernetesSdConfig config) throws DiscoveryException {
    Object identity = identity(config);
    ResourceClient known = clients.get(identity);
    if (known == null) {
      known = closer.add(factory.open(config));
      clients.put(identity, known);
    }
    return known;
  }

  /** Returns a value that is equal for configurations with the same server and credentials. */
  public Object identity(KubernetesSdConfig config) {
    return factory.identity(config);
  }

  @Override
  public void close() {
    closer.close();
  }
}
