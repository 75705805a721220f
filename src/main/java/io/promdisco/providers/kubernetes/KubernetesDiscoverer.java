package io.promdisco.providers.kubernetes;

import com.google.common.util.concurrent.Uninterruptibles;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.TargetSink;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.RoleWatches.Watch;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.role.GroupMemory;
import io.promdisco.providers.kubernetes.watch.ObjectStore;
import io.promdisco.providers.kubernetes.watch.WatchHealth;
import io.promdisco.providers.kubernetes.watch.WatchPool.Lease;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.MemoryBudget;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import io.promdisco.util.TickerWait;
import io.promdisco.workqueue.WorkQueue;
import io.promdisco.workqueue.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Discovers the objects of one role in one cluster, in all namespaces or in some.
 *
 * <p>It waits until every watch that the role needs has been told the state at the start, builds
 * all groups, and from then on those that a changed object leads back to. Events that come before
 * are not followed: what they changed is in the stores when the groups are built. Where a group
 * shows nothing but its own object there is nothing to wait for: groups are built while the first
 * list is still under way, and put when it is complete.
 *
 * <p>Threads: {@code sd-<provider>-start} builds the first groups and ends; {@code sd-<provider>-0}
 * builds the others; each watch has its listener's thread, which builds the first groups where
 * nothing is to be waited for.
 */
final class KubernetesDiscoverer<P extends KubeObject> implements Discoverer {
  private static final Logger log = EscapingLogger.of(KubernetesDiscoverer.class);

  /** The part of the source that fails if the first groups cannot be built. */
  private static final String FIRST = "first groups";

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final String provider;
  private final KubernetesSdConfig config;
  private final RoleWatches<P> watches;
  private final List<String> namespaces;
  private final SharedClients.ClientLease client;
  private final Metrics metrics;
  private final KubernetesMetrics counters;
  private final WorkQueue<ObjectKey> queue;
  private final Ticker ticker;
  private final TickerWait pause;
  private final MemoryBudget memory;
  private final LargeGroupMemory large;

  private final List<FollowedWatch<?>> followed = new ArrayList<>(); // by who starts and closes
  private @Nullable Thread starter; // by who starts and closes
  private @Nullable Workers<ObjectKey> workers; // by the starter, and by who has joined it
  private volatile boolean live; // written by the starter
  private volatile boolean closed; // written by who closes

  /** A leased watch, and the caches in which its changes are followed. */
  private record FollowedWatch<V extends KubeObject>(
      Watch<V> watch, String namespace, Lease<V> lease, List<NamespaceCaches> caches) {}

  /**
   * A discoverer that has not been started.
   *
   * @param namespaces which; the empty one alone stands for all
   * @param client is given up when the discoverer is closed
   * @param memory limits its groups
   */
  KubernetesDiscoverer(
      String provider,
      KubernetesSdConfig config,
      RoleWatches<P> watches,
      List<String> namespaces,
      SharedClients.ClientLease client,
      Ticker ticker,
      Metrics metrics,
      KubernetesMetrics counters,
      MemoryBudget memory) {
    this.ticker = ticker;
    pause = new TickerWait(ticker);
    this.memory = memory;
    large = new LargeGroupMemory(memory);
    this.provider = provider;
    this.config = config;
    this.watches = watches;
    this.namespaces = List.copyOf(namespaces);
    this.client = client;
    this.metrics = metrics;
    this.counters = counters;
    queue = new WorkQueue<>(provider, ticker, metrics);
  }

  @Override
  public void start(TargetSink sink) {
    Map<String, NamespaceCaches> caches = lease(new SinkHealth(sink));
    CountDownLatch unsynced = new CountDownLatch(followed.size());
    RefusedGroups refused = new RefusedGroups(provider, sink, queue, ticker);
    GroupWorker<P> worker = worker(caches, refused, sink::update);
    Runnable first;
    if (watches.watches().size() == 1) {
      List<FirstListBuilder> builders = new ArrayList<>();
      for (FollowedWatch<?> following : followed) {
        FirstListBuilder builder = new FirstListBuilder(unsynced, caches, refused);
        builders.add(builder);
        listen(following, builder);
      }
      first = () -> builders.forEach(builder -> builder.put(sink));
    } else {
      followed.forEach(following -> listen(following, new QueueFiller(unsynced)));
      first = () -> buildAll(worker);
    }
    starter =
        NamedThreads.start("sd-" + provider + "-start", () -> begin(unsynced, first, worker, sink));
  }

  private GroupWorker<P> worker(
      Map<String, NamespaceCaches> caches,
      RefusedGroups refused,
      Consumer<List<TargetGroup>> sink) {
    GroupMemory ofGroup = new GroupMemory(memory.ofEach() / 2);
    return new GroupWorker<>(
        config.role(), watches, caches, sink, counters, ofGroup, large, refused, () -> closed);
  }

  /** Leases the watches that all namespaces share, and those that each has for itself. */
  private Map<String, NamespaceCaches> lease(WatchHealth health) {
    List<NamespaceCaches> all = new ArrayList<>();
    Map<Resource<?>, ObjectStore<?>> shared = new HashMap<>();
    List<FollowedWatch<?>> common = new ArrayList<>();
    for (Watch<?> watch : watches.watches()) {
      if (!watch.resource().namespaced()) {
        FollowedWatch<?> following = lease(watch, "", health, all);
        common.add(following);
        shared.put(watch.resource(), following.lease().store());
      }
    }
    Map<String, NamespaceCaches> byNamespace = new LinkedHashMap<>();
    for (String namespace : namespaces) {
      Map<Resource<?>, ObjectStore<?>> stores = new HashMap<>(shared);
      List<NamespaceCaches> own = new ArrayList<>();
      for (Watch<?> watch : watches.watches()) {
        if (watch.resource().namespaced()) {
          FollowedWatch<?> following = lease(watch, namespace, health, own);
          followed.add(following);
          stores.put(watch.resource(), following.lease().store());
        }
      }
      NamespaceCaches caches = new NamespaceCaches(stores);
      watches.watches().forEach(watch -> watch.path().forEach(caches::addIndex));
      own.add(caches);
      all.add(caches);
      byNamespace.put(namespace, caches);
    }
    followed.addAll(common);
    return byNamespace;
  }

  private <V extends KubeObject> FollowedWatch<V> lease(
      Watch<V> watch, String namespace, WatchHealth health, List<NamespaceCaches> caches) {
    Lease<V> lease = client.pool().lease(watch.resource(), watch.scope(config, namespace), health);
    return new FollowedWatch<>(watch, namespace, lease, caches);
  }

  private <V extends KubeObject> void listen(
      FollowedWatch<V> following, AffectedGroupListener.Receiver follow) {
    String name = provider + "-" + following.watch.resource().plural();
    following.lease.addListener(
        following.namespace.isEmpty() ? name : name + "-" + following.namespace,
        new AffectedGroupListener<>(following.watch, following.caches, counters, follow),
        Duration.ZERO);
  }

  /** The starter's work. */
  private void begin(
      CountDownLatch unsynced, Runnable first, GroupWorker<P> worker, TargetSink sink) {
    try {
      unsynced.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Closed.
      return;
    }
    boolean isBuilt = false;
    while (!isBuilt && !closed) {
      try {
        first.run();
        isBuilt = true;
      } catch (Throwable e) { // Not even a lack of memory ends a source.
        log.error("{}: the first groups cannot be built now", provider, e);
        sink.failing(FIRST, e.toString(), FIRST_PAUSE);
        if (!waitForNextTry()) {
          return;
        }
      }
    }
    if (!closed) {
      sink.recovered(FIRST);
      sink.synced();
      workers = new Workers<>(provider, queue, 1, GroupWorker.BATCH, metrics, worker);
    }
  }

  /** Waits before another try; false if the discoverer is closed meanwhile. */
  private boolean waitForNextTry() {
    try {
      return pause.await(FIRST_PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Closed.
      return false;
    }
  }

  /** From here on events are followed; what came before is in the stores that are read now. */
  private void buildAll(GroupWorker<P> worker) {
    live = true;
    worker.buildAll((key, reason) -> queue.addRateLimited(key));
  }

  @Override
  public void close() {
    closed = true;
    pause.close();
    Thread thread = starter;
    if (thread != null) {
      thread.interrupt();
      Uninterruptibles.joinUninterruptibly(thread);
    }
    followed.forEach(following -> following.lease().close());
    followed.clear();
    drain();
    client.close();
    large.close();
  }

  /** Lets the workers build what still waits; without workers it is dropped. */
  private void drain() {
    Workers<ObjectKey> open = workers;
    if (open == null) {
      queue.shutDown();
      return;
    }
    try {
      queue.shutDownWithDrain();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.close();
    }
  }

  /** Puts what the followers find into the queue. */
  private final class QueueFiller implements AffectedGroupListener.Receiver {
    private final CountDownLatch unsynced;

    QueueFiller(CountDownLatch unsynced) {
      this.unsynced = unsynced;
    }

    @Override
    public boolean takesFirstList() {
      return false;
    }

    @Override
    public void build(List<ObjectKey> keys) {
      if (live) {
        queue.addAll(keys);
      }
    }

    @Override
    public void synced() {
      unsynced.countDown();
    }
  }

  /**
   * Builds what the first list of a watch holds while it comes, on the thread of its listener, and
   * keeps it until all lists are complete. What comes later goes into the queue.
   */
  private final class FirstListBuilder implements AffectedGroupListener.Receiver {
    private final CountDownLatch unsynced;
    private final GroupWorker<P> worker;
    private final List<ObjectKey> found = new ArrayList<>();
    private boolean synced;

    /** By the listener's thread until it is synced, then by the starter. */
    private List<TargetGroup> built = new ArrayList<>();

    FirstListBuilder(
        CountDownLatch unsynced, Map<String, NamespaceCaches> caches, RefusedGroups refused) {
      this.unsynced = unsynced;
      worker = worker(caches, refused, groups -> built.addAll(groups));
    }

    @Override
    public boolean takesFirstList() {
      return true;
    }

    @Override
    public void build(List<ObjectKey> keys) {
      if (synced) {
        queue.addAll(keys);
        return;
      }
      found.addAll(keys);
      if (found.size() >= GroupWorker.BATCH) {
        buildFound();
      }
    }

    private void buildFound() {
      worker.sync(found, (key, reason) -> queue.addRateLimited(key));
      found.clear();
    }

    @Override
    public void synced() {
      if (!synced) {
        buildFound();
        synced = true;
        unsynced.countDown();
      }
    }

    void put(TargetSink sink) {
      sink.update(built);
      built = List.of();
    }
  }

  /** Passes the health of the watches on. */
  private static final class SinkHealth implements WatchHealth {
    private final TargetSink sink;

    SinkHealth(TargetSink sink) {
      this.sink = sink;
    }

    @Override
    public void failing(String part, String reason, Duration nextTry) {
      sink.failing(part, reason, nextTry);
    }

    @Override
    public void recovered(String part) {
      sink.recovered(part);
    }
  }
}
