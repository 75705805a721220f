package io.promdisco.scrape;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.SyncChannel;
import io.promdisco.model.TargetSetReader;
import io.promdisco.model.TargetSetUpdate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes targets of what was discovered and tells of their changes: one scrape pool a job.
 *
 * <p>A job whose targets have very many labels is relabelled on a thread of its own ({@link
 * HeavyJobs}), so that no other job waits for it.
 *
 * <p>Safe for all threads. Those that write (configuration, updates, new listeners) take turns;
 * those that read never wait for relabelling.
 *
 * <p>Locks: the writers' lock, then a pool's. Neither is held while a listener is called.
 */
public final class ScrapeManager implements SyncChannel, AutoCloseable {
  private final TargetSetReader reader;
  private final ScrapeMetrics metrics;
  private final ReentrantLock writing = new ReentrantLock();
  private final HeavyJobs heavy = new HeavyJobs(this::rebuild);
  private final CopyOnWriteArrayList<ListenerThread> listeners = new CopyOnWriteArrayList<>();

  /** By job, in the configuration's order; replaced as a whole, by writers. */
  private volatile Map<String, ScrapePool> pools = Map.of();

  @GuardedBy("writing")
  private final Offers offers = new Offers();

  @GuardedBy("writing")
  private int listenersSoFar;

  /** The highest revision of any pool that was removed. */
  @GuardedBy("writing")
  private long lastRevision;

  @GuardedBy("writing")
  private boolean closed;

  /**
   * Begins without jobs.
   *
   * @param reader reads what the discovery side holds, for pools that are rebuilt and for targets
   *     that are not kept
   */
  public ScrapeManager(TargetSetReader reader, Metrics metrics) {
    this.reader = reader;
    this.metrics = new ScrapeMetrics(metrics);
  }

  /**
   * Takes the jobs of a configuration in the place of those before. A job whose targets are shaped
   * as before keeps them; another one is rebuilt from what was discovered; targets of jobs that are
   * missing are removed.
   *
   * <p>To be called before the discovery side is told of the same jobs: then each target is
   * relabelled once. The other order is right too.
   */
  public void apply(List<ScrapeConfig> jobs) {
    writing.lock();
    try {
      if (closed) {
        return;
      }
      Map<String, ScrapePool> before = new LinkedHashMap<>(pools);
      Map<String, ScrapePool> after = new LinkedHashMap<>();
      List<TargetChange> changes = new ArrayList<>();
      for (ScrapeConfig job : jobs) {
        ScrapePool pool = before.remove(job.jobName());
        if (pool == null) {
          pool = new ScrapePool(job, metrics);
          pool.startBehind(lastRevision);
          metrics.created();
          changes.add(pool.load(reader));
        } else {
          changes.add(pool.reconfigure(job, reader));
        }
        after.put(job.jobName(), pool);
      }
      for (ScrapePool pool : before.values()) {
        changes.add(pool.clear());
        lastRevision = Math.max(lastRevision, pool.revision());
      }
      pools = Collections.unmodifiableMap(after);
      offers.clear();
      before.keySet().forEach(metrics::removed);
      changes.forEach(this::publish);
    } finally {
      writing.unlock();
    }
  }

  /**
   * Relabels what changed. Updates of jobs that are not configured here are dropped: once they are,
   * their targets are read.
   */
  @Override
  public void onUpdates(List<TargetSetUpdate> updates) {
    writing.lock();
    try {
      List<@Nullable TargetBuilder> builders = new ArrayList<>();
      for (TargetSetUpdate update : updates) {
        ScrapePool pool = pools.get(update.job());
        builders.add(pool == null ? null : pool.builder());
      }
      List<Map<String, Offers.Offer>> offered = offers.of(updates, builders);
      for (int i = 0; i < updates.size(); i++) {
        TargetSetUpdate update = updates.get(i);
        ScrapePool pool = pools.get(update.job());
        if (pool != null && !heavy.take(update)) {
          publish(update.removed() ? pool.clear() : pool.update(update, offered.get(i), reader));
        }
      }
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void whenInForce(Runnable action) {
    heavy.whenDone(action);
  }

  /** Rebuilds a job outside the writers' lock, so that other jobs do not wait. */
  private void rebuild(String job, BooleanSupplier stop) {
    boolean inForce = false;
    while (!inForce) {
      ScrapePool pool = pools.get(job);
      if (pool == null) {
        return;
      }
      ScrapePool.Rebuilt rebuilt = pool.prepare(reader, stop);
      writing.lock();
      try {
        if (closed) {
          return;
        }
        Optional<TargetChange> change =
            pools.get(job) == pool ? pool.commit(rebuilt) : Optional.empty();
        change.ifPresent(this::publish);
        inForce = change.isPresent(); // Else the rules have changed meanwhile.
      } finally {
        writing.unlock();
      }
    }
  }

  /** One view a job, in the configuration's order. */
  public List<PoolView> pools() {
    List<PoolView> views = new ArrayList<>();
    pools.values().forEach(pool -> views.add(new PoolView(pool, reader)));
    return views;
  }

  /** The view of one job. */
  public Optional<PoolView> pool(String job) {
    return Optional.ofNullable(pools.get(job)).map(pool -> new PoolView(pool, reader));
  }

  /**
   * Tells {@code listener} of every change from now on, on a thread of its own called {@code
   * sd-listener-<n>}. First it gets all targets that there are as added, one change a job.
   *
   * @throws IllegalStateException if the manager is closed
   */
  public TargetListener.Registration addListener(TargetListener listener) {
    writing.lock();
    try {
      if (closed) {
        throw new IllegalStateException("scrape manager: closed (expected: open)");
      }
      ListenerThread thread =
          new ListenerThread(listener, listenersSoFar++, metrics, listeners::remove);
      for (PoolView pool : pools()) {
        List<Target> active = pool.activeTargets();
        if (!active.isEmpty()) {
          thread.put(new TargetChange(pool.job(), active, List.of(), List.of()));
        }
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

  /** Lets the listeners go and forgets all jobs; listeners are not told of that. */
  @Override
  public void close() {
    heavy.close(); // Its thread takes the lock.
    writing.lock();
    try {
      closed = true;
      listeners.forEach(ListenerThread::close);
      pools.keySet().forEach(metrics::removed);
      pools = Map.of();
    } finally {
      writing.unlock();
    }
  }
}
