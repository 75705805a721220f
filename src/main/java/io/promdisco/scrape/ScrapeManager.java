package io.promdisco.scrape;

import com.google.common.base.Throwables;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.Internal;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetListener;
import io.promdisco.model.TargetSetReader;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.util.EscapingLogger;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Makes targets from what was discovered and reports their changes, with one scrape pool for each
 * job.
 *
 * <p>A job whose targets have very many labels, or take long to relabel, is relabelled on a
 * separate thread ({@link HeavyJobs}), so that no other job waits for it.
 *
 * <p>Safe for all threads. Writers (configurations, updates, new listeners) take turns; readers
 * never wait for relabelling.
 *
 * <p>Locks are taken in this order: the writers' lock, then a pool's lock. Neither is held while a
 * listener is called.
 *
 * @hidden
 */
@Internal
public final class ScrapeManager implements TargetSetListener, AutoCloseable {
  /** How long to wait for an interrupted listener. */
  private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);

  private static final Logger log = EscapingLogger.of(ScrapeManager.class);

  private final TargetSetReader reader;
  private final ScrapeMetrics metrics;
  private final LabelMemory memory;
  private final ReentrantLock writing = new ReentrantLock();
  private final HeavyJobs heavy;
  private final CopyOnWriteArrayList<ListenerThread> listeners = new CopyOnWriteArrayList<>();

  /** The threads that call listeners, including those of closed registrations. */
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  /** The pools by job, in the order of the configuration. Writers replace the whole map. */
  private volatile Map<String, ScrapePool> pools = Map.of();

  @GuardedBy("writing")
  private final ChangedGroupRouter offers = new ChangedGroupRouter();

  @GuardedBy("writing")
  private int listenersSoFar;

  /** The highest revision of any removed pool. */
  @GuardedBy("writing")
  private long lastRevision;

  /** The number of configurations that were applied. */
  @GuardedBy("writing")
  private long applied;

  /** Whether the pools contain everything that the sources found at their start. */
  @GuardedBy("writing")
  private boolean synced;

  @GuardedBy("writing")
  private boolean closed;

  /**
   * Creates a manager without jobs.
   *
   * @param reader reads the discovered groups, for targets that are not stored
   */
  public ScrapeManager(TargetSetReader reader, Metrics metrics) {
    this(reader, metrics, ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime);
  }

  /**
   * Same as the public constructor; {@code cpuNanos} returns the processor time of the calling
   * thread.
   */
  ScrapeManager(TargetSetReader reader, Metrics metrics, LongSupplier cpuNanos) {
    this(reader, metrics, cpuNanos, LabelMemory.standard());
  }

  /** The same with another limit. */
  ScrapeManager(
      TargetSetReader reader, Metrics metrics, LongSupplier cpuNanos, LabelMemory memory) {
    this.memory = memory;
    this.heavy = new HeavyJobs(this::rebuild, cpuNanos);
    this.reader = reader;
    this.metrics = new ScrapeMetrics(metrics);
  }

  /**
   * Announces the jobs of a configuration. Its rules come into force for a job with the first
   * complete update of this or a later configuration; until then, the old rules apply. Targets of
   * jobs that are missing in the configuration are removed.
   *
   * <p>Must be called before the discovery manager gets the same jobs. Every configuration must be
   * applied to both: updates and {@link #onSynced} refer to it by its number.
   *
   * @return the jobs whose rules differ from the previous configuration; they need a complete
   *     update
   * @throws IllegalStateException if the manager is closed
   */
  public Set<String> apply(List<ScrapeConfig> jobs) {
    writing.lock();
    try {
      checkOpen();
      applied++;
      synced = false;
      Map<String, ScrapePool> before = new LinkedHashMap<>(pools);
      Map<String, ScrapePool> after = new LinkedHashMap<>();
      Set<String> reshaped = new HashSet<>();
      for (ScrapeConfig job : jobs) {
        ScrapePool pool = before.remove(job.jobName());
        if (pool == null) {
          pool = new ScrapePool(job, applied, lastRevision, metrics, memory);
          metrics.created();
        } else if (pool.announce(applied, job)) {
          reshaped.add(job.jobName());
        }
        after.put(job.jobName(), pool);
      }
      pools = Collections.unmodifiableMap(after);
      offers.clear();
      for (ScrapePool pool : before.values()) {
        publish(pool.clear());
        lastRevision = Math.max(lastRevision, pool.revision());
        metrics.removed(pool.job());
      }
      return reshaped;
    } finally {
      writing.unlock();
    }
  }

  /**
   * Relabels changes. Updates of jobs that are not configured here are dropped; the next update of
   * a new job is a complete one.
   */
  @Override
  public void onUpdates(List<TargetSetUpdate> updates) {
    writing.lock();
    try {
      List<@Nullable TargetBuilder> builders = new ArrayList<>();
      for (TargetSetUpdate update : updates) {
        ScrapePool pool = pools.get(update.job());
        builders.add(pool == null ? null : pool.builder(update.configuration()));
      }
      List<Map<String, ChangedGroupRouter.RelevantGroups>> offered = offers.of(updates, builders);
      HeavyJobs.Weights weights = new HeavyJobs.Weights();
      @Nullable Throwable failure = null;
      HeavyJobs.TimeLimits limits = heavy.timeLimits(synced);
      for (int i : smallestFirst(offered)) {
        TargetSetUpdate update = updates.get(i);
        ScrapePool pool = pools.get(update.job());
        TargetBuilder builder = builders.get(i);
        Map<String, ChangedGroupRouter.RelevantGroups> offers = offered.get(i);
        try {
          if (pool != null && builder != null && !heavy.take(update, offers, builder, weights)) {
            apply(update, pool, builder, offers, limits);
          }
        } catch (RuntimeException | Error e) { // the other jobs still get their updates
          failure = e;
        }
      }
      if (failure != null) {
        Throwables.throwIfUnchecked(failure);
      }
    } finally {
      writing.unlock();
    }
  }

  /** Returns the indexes of the updates, those with few targets to relabel first. */
  private static List<Integer> smallestFirst(
      List<Map<String, ChangedGroupRouter.RelevantGroups>> offered) {
    int[] sizes = new int[offered.size()];
    List<Integer> places = new ArrayList<>();
    // jobs may share a list
    IdentityHashMap<List<TargetGroup>, Integer> known = new IdentityHashMap<>();
    for (int i = 0; i < sizes.length; i++) {
      places.add(i);
      for (ChangedGroupRouter.RelevantGroups offer : offered.get(i).values()) {
        sizes[i] += known.computeIfAbsent(offer.candidates(), ScrapeManager::targets);
      }
    }
    places.sort(Comparator.comparingInt(place -> sizes[place]));
    return places;
  }

  private static int targets(List<TargetGroup> groups) {
    int targets = 0;
    for (TargetGroup group : groups) {
      targets += group.targets().size();
    }
    return targets;
  }

  @GuardedBy("writing")
  private void apply(
      TargetSetUpdate update,
      ScrapePool pool,
      TargetBuilder builder,
      Map<String, ChangedGroupRouter.RelevantGroups> offers,
      HeavyJobs.TimeLimits limits) {
    if (update.removed()) {
      publish(pool.clear());
    } else if (pool.accepts(update)) {
      try {
        publish(pool.commit(pool.prepare(update, offers, limits.next())));
      } catch (CancellationException e) { // other jobs would wait too long
        heavy.addSlow(update.job(), PendingUpdates.of(update, offers, builder));
      }
    }
  }

  /** Reports to each listener once that the initial state is complete. */
  @Override
  public void onSynced(long configurations) {
    writing.lock();
    try {
      if (!closed && !synced && configurations >= applied) {
        synced = true;
        listeners.forEach(ListenerThread::completeInitialState);
      }
    } finally {
      writing.unlock();
    }
  }

  @GuardedBy("writing")
  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("scrape manager: closed (expected: open)");
    }
  }

  /**
   * Waits until every registered listener has received the initial state and all changes before
   * this call, and its calls have returned. Call it when the discovery manager is synced. Does not
   * wait for listeners whose registration is closed meanwhile.
   *
   * @param timeout at most 292 years
   * @return false if {@code timeout} expired first
   */
  public boolean awaitDelivered(Duration timeout) throws InterruptedException {
    long deadline = ListenerQueue.deadline(timeout);
    for (ListenerThread listener : listeners) {
      if (!listener.awaitDelivered(deadline)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the calling thread is one that calls a listener of this manager. */
  public boolean isListenerThread() {
    return threads.contains(Thread.currentThread());
  }

  @Override
  public Set<String> pendingJobs() {
    return heavy.jobs();
  }

  @Override
  public void whenInForce(Runnable action) {
    heavy.whenDone(action);
  }

  /** Relabels the changes of a job without the writers' lock, so that other jobs do not wait. */
  private void rebuild(String job, PendingUpdates changes, BooleanSupplier stop) {
    ScrapePool pool = pools.get(job);
    TargetSetUpdate update = changes.toUpdate();
    if (pool == null || !pool.accepts(update)) {
      return;
    }
    TargetBuilder builder = pool.builder(update.configuration());
    ScrapePool.Prepared prepared = pool.prepare(update, changes.offers(update, builder), stop);
    writing.lock();
    try {
      if (!closed && pools.get(job) == pool) {
        publish(pool.commit(prepared));
      }
    } finally {
      writing.unlock();
    }
  }

  /** Returns a view of each job, in the order of the configuration. */
  public List<PoolView> pools() {
    List<PoolView> views = new ArrayList<>();
    pools.values().forEach(pool -> views.add(new PoolView(pool, reader)));
    return views;
  }

  /** Returns the view of a job. */
  public Optional<PoolView> pool(String job) {
    return Optional.ofNullable(pools.get(job)).map(pool -> new PoolView(pool, reader));
  }

  /**
   * Calls {@code listener} with every change from now on, on a separate thread {@code
   * sd-listener-<n>}. First it gets all known targets as added, one change for each job, and is
   * told when the initial state is complete.
   *
   * @throws IllegalStateException if the manager is closed
   */
  public TargetListener.Registration addListener(TargetListener listener) {
    writing.lock();
    try {
      checkOpen();
      ListenerThread thread =
          new ListenerThread(listener, listenersSoFar++, metrics, threads, listeners::remove);
      for (PoolView pool : pools()) {
        List<Target> active = pool.activeTargets();
        if (!active.isEmpty()) {
          thread.put(new TargetChange(pool.job(), active, List.of(), List.of()));
        }
      }
      if (synced) {
        thread.completeInitialState();
      }
      listeners.add(thread);
      thread.start();
      return thread;
    } finally {
      writing.unlock();
    }
  }

  @GuardedBy("writing")
  private void publish(TargetChange change) {
    if (!change.isEmpty()) {
      listeners.forEach(listener -> listener.put(change));
    }
  }

  /** Drops changes that listeners have not received, and removes all jobs. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  /**
   * Stops accepting changes, delivers waiting changes to listeners, ends their threads and removes
   * all jobs, which is not reported to listeners. A listener that has not returned at the time
   * limit is interrupted; if it ignores that, its daemon thread ends when it returns. If a listener
   * itself closes the manager, its waiting changes are dropped, and its thread ends when it
   * returns. Dropped changes are logged at WARN.
   *
   * @param limit how long to deliver; 0 drops waiting changes
   * @return the dropped changes; none if the manager was closed before
   */
  public CloseResult close(Duration limit) {
    heavy.close(); // its thread takes the lock
    List<ListenerThread> closing;
    writing.lock();
    try {
      closed = true;
      closing = List.copyOf(listeners);
      listeners.clear();
      pools.keySet().forEach(metrics::removed);
      pools = Map.of();
    } finally {
      writing.unlock();
    }
    List<ListenerThread> others =
        closing.stream().filter(listener -> !listener.isCurrent()).toList();
    boolean interrupted = false;
    if (!limit.isZero()) {
      closing.forEach(ListenerThread::drain);
      interrupted = !awaitEnd(others, limit);
    }
    CloseResult result = CloseResult.COMPLETE;
    for (ListenerThread listener : closing) {
      ListenerQueue.Dropped dropped = listener.stop();
      boolean stuck = dropped.busy() && !listener.isCurrent();
      if (stuck) {
        listener.interrupt();
      }
      ListenerQueue.Dropped counted =
          new ListenerQueue.Dropped(dropped.added(), dropped.changed(), dropped.removed(), stuck);
      if (!counted.isNothing()) {
        log.warn(
            "{}: closed before it got all changes; {} added, {} changed and {} removed"
                + " targets were not delivered{}",
            listener.name(),
            dropped.added(),
            dropped.changed(),
            dropped.removed(),
            stuck ? "; a call of the listener was interrupted" : "");
      }
      result = result.plus(counted);
    }
    interrupted |= !awaitEnd(others, AFTER_INTERRUPT);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return result;
  }

  /** Waits for the threads. Returns false if the caller was interrupted meanwhile. */
  private static boolean awaitEnd(List<ListenerThread> threads, Duration limit) {
    long deadline = ListenerQueue.deadline(limit);
    try {
      for (ListenerThread thread : threads) {
        if (!thread.awaitEnd(deadline)) {
          return true;
        }
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
