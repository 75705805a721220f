package io.promdisco.providers.kubernetes.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The watches of one server with one set of credentials: one for each distinct resource and scope,
 * no matter how many users it has. A watch starts with its first lease and ends with its last. Safe
 * for all threads.
 */
public final class WatchPool implements AutoCloseable {
  private final ResourceClient client;
  private final Ticker ticker;
  private final Metrics metrics;
  private final InformerOptions options;
  private final AtomicBoolean streams = new AtomicBoolean(true);

  @GuardedBy("this")
  private final Map<Key, SharedWatch<?>> watches = new HashMap<>();

  @GuardedBy("this")
  private boolean closed;

  private record Key(Resource<?> resource, WatchScope scope) {}

  /** Creates a pool with the default options. */
  public WatchPool(ResourceClient client, Ticker ticker, Metrics metrics) {
    this(client, ticker, metrics, InformerOptions.defaults());
  }

  /** Creates a pool with other options. */
  public WatchPool(ResourceClient client, Ticker ticker, Metrics metrics, InformerOptions options) {
    this.client = client;
    this.ticker = ticker;
    this.metrics = metrics;
    this.options = options;
  }

  /**
   * The right to use a watch. Close it once; this also closes the listeners that were added through
   * it.
   */
  public interface Lease<V extends KubeObject> extends AutoCloseable {
    /** The known objects. */
    ObjectStore<V> store();

    /** Whether the first list is complete. */
    boolean hasSynced();

    /** See {@link SharedInformer#addListener}. */
    SharedInformer.Registration addListener(
        String name, ObjectListener<? super V> listener, Duration resync);

    /** Returns the lease. */
    @Override
    void close();
  }

  /**
   * Leases the watch of {@code resource} and {@code scope}, and starts it if necessary.
   *
   * @param health notified when the watch breaks and works again; immediately if it is broken now
   * @throws IllegalStateException if the pool is closed
   */
  public <V extends KubeObject> Lease<V> lease(
      Resource<V> resource, WatchScope scope, WatchHealth health) {
    Key key = new Key(resource, resource.namespaced() ? scope : clusterWide(scope));
    SharedWatch<V> shared;
    boolean first;
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the watches of " + client.server() + " are closed");
      }
      @SuppressWarnings("unchecked") // the key contains the resource, which determines the type
      SharedWatch<V> known = (SharedWatch<V>) watches.get(key);
      first = known == null;
      shared = known == null ? new SharedWatch<>(key, resource) : known;
      watches.put(key, shared);
      shared.users++;
    }
    shared.addHealth(health);
    if (first) {
      shared.informer.start();
    }
    return new WatchLease<>(shared, health);
  }

  private static WatchScope clusterWide(WatchScope scope) {
    return new WatchScope("", scope.labelSelector(), scope.fieldSelector());
  }

  /** Returns the number of running watches. */
  public synchronized int size() {
    return watches.size();
  }

  /** Closes the watches that are still leased. The owner closes the client. */
  @Override
  public void close() {
    List<SharedWatch<?>> left;
    synchronized (this) {
      closed = true;
      left = new ArrayList<>(watches.values());
      watches.clear();
    }
    left.forEach(shared -> shared.informer.close());
  }

  /** A watch and its users; passes its health on to all of them. */
  private final class SharedWatch<V extends KubeObject> implements WatchHealth {
    private final Key key;
    private final SharedInformer<V> informer;
    private int users; // guarded by the pool

    @GuardedBy("this")
    private final List<WatchHealth> told = new ArrayList<>();

    @GuardedBy("this")
    private @Nullable Broken broken;

    private record Broken(String part, String reason, Duration nextTry) {}

    SharedWatch(Key key, Resource<V> resource) {
      this.key = key;
      informer =
          new SharedInformer<>(
              client, resource, key.scope(), options, ticker, metrics, streams, this);
    }

    synchronized void addHealth(WatchHealth health) {
      told.add(health);
      if (broken != null) {
        health.failing(broken.part, broken.reason, broken.nextTry);
      }
    }

    synchronized void removeHealth(WatchHealth health) {
      told.remove(health);
    }

    @Override
    public synchronized void failing(String part, String reason, Duration nextTry) {
      broken = new Broken(part, reason, nextTry);
      told.forEach(health -> health.failing(part, reason, nextTry));
    }

    @Override
    public synchronized void recovered(String part) {
      if (broken != null) {
        broken = null;
        told.forEach(health -> health.recovered(part));
      }
    }

    void release() {
      synchronized (WatchPool.this) {
        if (--users > 0) {
          return;
        }
        watches.remove(key, this);
      }
      informer.close();
    }
  }

  private static final class WatchLease<V extends KubeObject> implements Lease<V> {
    private final WatchPool.SharedWatch<V> shared;
    private final WatchHealth health;
    private final List<SharedInformer.Registration> registrations = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    WatchLease(WatchPool.SharedWatch<V> shared, WatchHealth health) {
      this.shared = shared;
      this.health = health;
    }

    @Override
    public ObjectStore<V> store() {
      return shared.informer.store();
    }

    @Override
    public boolean hasSynced() {
      return shared.informer.hasSynced();
    }

    @Override
    public SharedInformer.Registration addListener(
        String name, ObjectListener<? super V> listener, Duration resync) {
      SharedInformer.Registration registration =
          shared.informer.addListener(name, listener, resync);
      synchronized (registrations) {
        registrations.add(registration);
      }
      return registration;
    }

    @Override
    public void close() {
      if (!closed.compareAndSet(false, true)) {
        return;
      }
      List<SharedInformer.Registration> open;
      synchronized (registrations) {
        open = List.copyOf(registrations);
      }
      open.forEach(SharedInformer.Registration::close);
      shared.removeHealth(health);
      shared.release();
    }
  }
}
