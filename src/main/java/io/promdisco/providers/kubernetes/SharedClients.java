package io.promdisco.providers.kubernetes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.kubernetes.watch.InformerOptions;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.providers.kubernetes.watch.WatchPool;
import io.promdisco.util.Ticker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The clients of all discoverers. SD configs with equal identities share a client and its watches,
 * which are closed with their last user. Safe for all threads.
 */
final class SharedClients implements AutoCloseable {
  private final ResourceClientFactory factory;
  private final Ticker ticker;
  private final Metrics metrics;
  private final InformerOptions options;

  @GuardedBy("this")
  private final Map<Object, SharedClient> open = new HashMap<>();

  SharedClients(
      ResourceClientFactory factory, Ticker ticker, Metrics metrics, InformerOptions options) {
    this.options = options;
    this.factory = factory;
    this.ticker = ticker;
    this.metrics = metrics;
  }

  /** Opens or shares the client for {@code config}. The user must close it. */
  synchronized ClientLease use(KubernetesSdConfig config) throws DiscoveryException {
    Object identity = factory.identity(config);
    SharedClient shared = open.get(identity);
    if (shared == null) {
      ResourceClient client = factory.open(config);
      shared = new SharedClient(identity, client, new WatchPool(client, ticker, metrics, options));
      open.put(identity, shared);
    }
    shared.users++;
    return new ClientLease(shared);
  }

  private void release(SharedClient shared) {
    synchronized (this) {
      shared.users--;
      if (shared.users > 0 || !open.remove(shared.identity, shared)) {
        return;
      }
    }
    shared.client.close();
  }

  /** Closes the clients that are still in use. */
  @Override
  public void close() {
    List<SharedClient> left;
    synchronized (this) {
      left = new ArrayList<>(open.values());
      open.clear();
    }
    left.forEach(shared -> shared.client.close());
  }

  private static final class SharedClient {
    private final Object identity;
    private final ResourceClient client;
    private final WatchPool pool;
    private int users; // guarded by the SharedClients

    SharedClient(Object identity, ResourceClient client, WatchPool pool) {
      this.identity = identity;
      this.client = client;
      this.pool = pool;
    }
  }

  /** A client in use by one discoverer. */
  final class ClientLease implements AutoCloseable {
    private final SharedClient shared;
    private boolean closed;

    private ClientLease(SharedClient shared) {
      this.shared = shared;
    }

    ResourceClient client() {
      return shared.client;
    }

    WatchPool pool() {
      return shared.pool;
    }

    /** Releases the client. Does nothing when called again. */
    @Override
    public void close() {
      synchronized (this) {
        if (closed) {
          return;
        }
        closed = true;
      }
      release(shared);
    }
  }
}
