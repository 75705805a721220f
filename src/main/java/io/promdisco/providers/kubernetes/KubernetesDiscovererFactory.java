package io.promdisco.providers.kubernetes;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.DiscovererFactory;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.kubernetes.watch.InformerOptions;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.util.MemoryBudget;
import io.promdisco.util.Ticker;
import java.util.List;

/**
 * Creates the discoverers of {@code kubernetes_sd_configs}. Those with the same server and
 * credentials share a client and its watches. Safe for all threads.
 */
public final class KubernetesDiscovererFactory implements DiscovererFactory {
  private final SharedClients clients;
  private final Ticker ticker;
  private final Metrics metrics;
  private final KubernetesMetrics counters;
  private final MemoryBudget memory;

  /** Creates a factory that opens clients with {@code clients} when they are needed. */
  public KubernetesDiscovererFactory(
      ResourceClientFactory clients, Ticker ticker, Metrics metrics) {
    this(clients, ticker, metrics, MemoryBudget.standard());
  }

  /** Creates a factory with approximate limits for the memory of a watch's objects. */
  public KubernetesDiscovererFactory(
      ResourceClientFactory clients, Ticker ticker, Metrics metrics, MemoryBudget memory) {
    InformerOptions options = InformerOptions.defaults().withMemory(memory);
    this.clients = new SharedClients(clients, ticker, metrics, options);
    this.memory = memory;
    this.ticker = ticker;
    this.metrics = metrics;
    counters = new KubernetesMetrics(metrics);
  }

  @Override
  public boolean accepts(SdConfig config) {
    return config instanceof KubernetesSdConfig;
  }

  @Override
  public Discoverer create(SdConfig config, String provider) throws DiscoveryException {
    if (!(config instanceof KubernetesSdConfig kubernetes)) {
      throw new DiscoveryException(
          provider + ": " + config.mechanism() + " (expected: a Kubernetes SD config)");
    }
    SharedClients.ClientLease client = clients.use(kubernetes);
    try {
      List<String> namespaces = namespaces(kubernetes, client, provider);
      RoleWatches<?> watches = RoleWatches.of(kubernetes.role(), kubernetes.attach());
      return new KubernetesDiscoverer<>(
          provider, kubernetes, watches, namespaces, client, ticker, metrics, counters, memory);
    } catch (DiscoveryException | RuntimeException e) {
      client.close();
      throw e;
    }
  }

  /** Returns the namespaces to watch, each once; only the empty one for all. */
  private static List<String> namespaces(
      KubernetesSdConfig config, SharedClients.ClientLease client, String provider)
      throws DiscoveryException {
    try {
      return WatchedResources.namespaces(config, client.client().ownNamespace());
    } catch (DiscoveryException e) {
      throw new DiscoveryException(provider + ": " + e.getMessage(), e);
    }
  }

  /** Closes the remaining clients. */
  @Override
  public void close() {
    clients.close();
  }
}
