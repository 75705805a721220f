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
 * <p>It waits until every watch that the role needs has received the initial state, and builds all
 * groups. From then on it builds the groups that a changed object affects. Earlier events are
 * ignored, because the stores contain what they changed. If a group depends only on its own object,
 * there is nothing to wait for: its groups are built while the first list is read, and delivered
 * when the list is complete.
 *
 * <p>Threads: {@code sd-<provider>-start} builds the first groups and ends; {@code sd-<provider>-0}
 * builds the others; the listener's thread of a watch builds the first groups if there is nothing
 * to wait for.
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

  private final List<FollowedWatch<?>> followed =
      new ArrayList<>(); // used by the threads that start and close
  private @Nullable Thread starter; // used by the threads that start and close
  private @Nullable Workers<ObjectKey> workers; // used by the starter, and after joining it
  private volatile boolean live; // written by the starter
  private volatile boolean closed; // written by close

  /** A leased watch, and the caches that it fills. */
  private record FollowedWatch<V extends KubeObject>(
      Watch<V> watch, String namespace, Lease<V> lease, List<NamespaceCaches> caches) {}

  /**
   * Creates a discoverer that is not started.
   *
   * @param namespaces the namespaces; only the empty one for all
   * @param client closed with the discoverer
   * @param memory limits the memory of its groups
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

  /** Leases the watches that all namespaces share, and those of each namespace. */
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

  /** Runs on the starter thread. */
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
      } catch (Throwable e) { // No error ends a source, not even OutOfMemoryError.
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

  /** Events are processed from here on; the stores contain what earlier events changed. */
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

  /** Lets the workers build waiting groups. Without workers, these are dropped. */
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

  /** Adds affected groups to the queue. */
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
   * Builds the groups of a watch's first list while it is read, on the thread of the listener, and
   * stores them until all lists are complete. Later changes are added to the queue.
   */
  private final class FirstListBuilder implements AffectedGroupListener.Receiver {
    private final CountDownLatch unsynced;
    private final GroupWorker<P> worker;
    private final List<ObjectKey> found = new ArrayList<>();
    private boolean synced;

    /** used by the listener's thread until it is synced, then by the starter */
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

  /** Reports the health of the watches to the sink. */
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
