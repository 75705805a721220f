package io.promdisco.scrape;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetReader;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.scrape.Offers.Offer;
import io.promdisco.scrape.PoolState.Made;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.Nouns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The targets of one job.
 *
 * <p>Written by the manager, one thread at a time; read by all. Relabelling runs outside the lock,
 * so that readers never wait for it.
 */
final class ScrapePool {
  private static final Logger log = EscapingLogger.of(ScrapePool.class);

  private final String job;
  private final ScrapeMetrics metrics;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private ScrapeConfig config;

  @GuardedBy("lock")
  private TargetBuilder builder;

  @GuardedBy("lock")
  private PoolState state = new PoolState();

  @GuardedBy("lock")
  private int discovered;

  @GuardedBy("lock")
  private boolean failing;

  @GuardedBy("lock")
  private long revision;

  /**
   * Whether the groups were read before the first update came. That one lists the groups there are
   * but not those that went since, so they are read once more.
   */
  @GuardedBy("lock")
  private boolean loaded;

  ScrapePool(ScrapeConfig config, ScrapeMetrics metrics) {
    this.job = config.jobName();
    this.metrics = metrics;
    this.config = config;
    this.builder = new TargetBuilder(config);
  }

  String job() {
    return job;
  }

  ScrapeConfig config() {
    lock.lock();
    try {
      return config;
    } finally {
      lock.unlock();
    }
  }

  TargetBuilder builder() {
    lock.lock();
    try {
      return builder;
    } finally {
      lock.unlock();
    }
  }

  PoolCounts counts() {
    lock.lock();
    try {
      int dropped = Math.max(0, discovered - state.kept() - state.failed());
      return new PoolCounts(discovered, state.active(), dropped, state.failed());
    } finally {
      lock.unlock();
    }
  }

  /** Another number after each change of what was discovered or of the rules. */
  long revision() {
    lock.lock();
    try {
      return revision;
    } finally {
      lock.unlock();
    }
  }

  /** Goes on behind the revisions of a pool before, so that none of its numbers comes again. */
  void startBehind(long last) {
    lock.lock();
    try {
      revision = last + 1;
    } finally {
      lock.unlock();
    }
  }

  /** The active targets, in no order; equal ones of several groups are all there. */
  List<Target> targets() {
    lock.lock();
    try {
      return state.targets();
    } finally {
      lock.unlock();
    }
  }

  /** Number of groups of which something is held. */
  int groups() {
    lock.lock();
    try {
      return state.groups();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Relabels the groups that changed.
   *
   * @param offers by provider those of which targets may be kept; nothing is kept of the others
   * @param stop called for each target; true ends the work with a {@link CancellationException},
   *     and the pool is unchanged
   */
  TargetChange update(
      TargetSetUpdate update,
      Map<String, Offer> offers,
      TargetSetReader reader,
      BooleanSupplier stop) {
    if (isLoaded()) {
      TargetChange change = rebuild(config(), builder(), reader, stop);
      setLoaded(false);
      return change;
    }
    Sync sync = new Sync(builder(), stop);
    Map<String, List<Made>> made = new HashMap<>();
    offers.forEach(
        (provider, offer) -> {
          if (update.providers().containsKey(provider) && !offer.candidates().isEmpty()) {
            List<Made> ofProvider = new ArrayList<>(offer.candidates().size());
            offer.candidates().forEach(group -> ofProvider.add(sync.make(provider, group)));
            made.put(provider, ofProvider);
          }
        });
    int total = 0;
    for (int count : update.providers().values()) {
      total += count;
    }
    Delta delta = new Delta();
    lock.lock();
    try {
      state.retain(update.providers().keySet(), delta);
      offers.forEach(
          (provider, offer) -> {
            List<Made> groups = made.getOrDefault(provider, List.of());
            groups.forEach(group -> state.put(provider, group, delta));
            if (!offer.isEverything()) {
              state.dropOthers(provider, groups, offer, delta);
            }
          });
      discovered = total;
      return finish(sync, delta);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes another configuration; relabels everything that {@code reader} knows if that makes a
   * difference for the targets.
   *
   * @param stop called for each target; true ends the work with a {@link CancellationException}:
   *     the configuration is the new one, and the targets are those of the old one
   */
  TargetChange reconfigure(ScrapeConfig newConfig, TargetSetReader reader, BooleanSupplier stop) {
    TargetBuilder newBuilder = new TargetBuilder(newConfig);
    if (newBuilder.makesTheSameAs(builder())) {
      lock.lock();
      try {
        config = newConfig;
      } finally {
        lock.unlock();
      }
      return new TargetChange(job, List.of(), List.of(), List.of());
    }
    metrics.reloaded();
    try {
      return rebuild(newConfig, newBuilder, reader, stop);
    } catch (CancellationException e) {
      lock.lock();
      try {
        config = newConfig;
        builder = newBuilder;
      } finally {
        lock.unlock();
      }
      throw e;
    }
  }

  /**
   * Reads the groups that are there already.
   *
   * @param stop called for each target; true ends the work with a {@link CancellationException}
   */
  TargetChange load(TargetSetReader reader, BooleanSupplier stop) {
    setLoaded(true);
    TargetChange change = rebuild(config(), builder(), reader, stop);
    setLoaded(counts().discovered() > 0);
    return change;
  }

  private boolean isLoaded() {
    lock.lock();
    try {
      return loaded;
    } finally {
      lock.unlock();
    }
  }

  private void setLoaded(boolean now) {
    lock.lock();
    try {
      loaded = now;
    } finally {
      lock.unlock();
    }
  }

  /** Targets of the job, built but not used yet. */
  sealed interface Rebuilt {
    TargetBuilder builder();
  }

  /**
   * All targets.
   *
   * @param updated whether an update asked for them
   */
  private record All(TargetBuilder builder, PoolState state, Sync sync, boolean updated)
      implements Rebuilt {}

  /**
   * The targets of the groups that changed.
   *
   * @param changes those groups
   * @param providers those that the job has
   * @param made by provider
   * @param discovered number of the job's targets, dropped ones included
   */
  private record Some(
      TargetBuilder builder,
      Changes changes,
      Set<String> providers,
      Map<String, List<Made>> made,
      int discovered,
      Sync sync)
      implements Rebuilt {}

  /**
   * Builds targets again from {@code reader}, without changing the pool.
   *
   * @param changes the groups of which to build targets
   * @param stop called for each target; true ends the work with a {@link CancellationException}
   */
  Rebuilt prepare(Changes changes, TargetSetReader reader, BooleanSupplier stop) {
    Sync sync = new Sync(builder(), stop);
    Set<String> providers = changes.providers();
    if (changes.isEverything() || providers == null || isLoaded()) {
      return new All(sync.builder, make(sync, reader), sync, providers != null);
    }
    Map<String, List<Made>> made = new HashMap<>();
    int[] discoveredNow = {0};
    reader.forEachGroup(
        job,
        (provider, group) -> {
          discoveredNow[0] += group.targets().size();
          if (changes.isCandidate(provider, group.source(), sync.builder)) {
            Made ofGroup = sync.make(provider, group);
            if (!ofGroup.isNothing()) {
              made.computeIfAbsent(provider, any -> new ArrayList<>()).add(ofGroup);
            }
          }
        });
    return new Some(sync.builder, changes, providers, made, discoveredNow[0], sync);
  }

  private PoolState make(Sync sync, TargetSetReader reader) {
    PoolState made = new PoolState();
    Delta unused = new Delta();
    reader.forEachGroup(
        job, (provider, group) -> made.put(provider, sync.make(provider, group), unused));
    return made;
  }

  /** Starts to use what was prepared; does nothing if the rules have changed meanwhile. */
  Optional<TargetChange> commit(Rebuilt rebuilt) {
    Delta delta = new Delta();
    lock.lock();
    try {
      if (builder != rebuilt.builder()) {
        return Optional.empty();
      }
      if (rebuilt instanceof Some some) {
        state.retain(some.providers, delta);
        for (String provider : some.providers) {
          List<Made> groups = some.made.getOrDefault(provider, List.of());
          groups.forEach(group -> state.put(provider, group, delta));
          state.dropOthers(provider, groups, some.changes, delta);
        }
        discovered = some.discovered;
        return Optional.of(finish(some.sync, delta));
      }
      All all = (All) rebuilt;
      loaded &= !all.updated;
      state.compare(all.state, delta);
      state = all.state;
      discovered = all.sync.relabelled;
      return Optional.of(finish(all.sync, delta));
    } finally {
      lock.unlock();
    }
  }

  private TargetChange rebuild(
      ScrapeConfig newConfig,
      TargetBuilder newBuilder,
      TargetSetReader reader,
      BooleanSupplier stop) {
    Sync sync = new Sync(newBuilder, stop);
    PoolState newState = make(sync, reader);
    Delta delta = new Delta();
    lock.lock();
    try {
      state.compare(newState, delta);
      config = newConfig;
      builder = newBuilder;
      state = newState;
      discovered = sync.relabelled;
      return finish(sync, delta);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets all targets. */
  TargetChange clear() {
    Delta delta = new Delta();
    lock.lock();
    try {
      state.retain(Set.of(), delta);
      discovered = 0;
      return finish(new Sync(builder), delta);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private TargetChange finish(Sync sync, Delta delta) {
    revision++;
    TargetChange change = delta.toChange(job);
    metrics.changed(change, state.active());
    metrics.synced(job, sync.seconds(), sync.relabelled, sync.failed);
    boolean failingNow = state.failed() > 0;
    if (failingNow && !failing) {
      log.warn(
          "job {}: {} cannot be scraped, first {}",
          job,
          Nouns.count(state.failed(), "target"),
          sync.failure);
    } else if (!failingNow && failing) {
      log.info("job {}: no target fails any more", job);
    }
    failing = failingNow;
    return change;
  }

  /** One run over groups, and what it counts. For one thread. */
  static final class Sync {
    private final long begin = System.nanoTime();
    private final TargetBuilder builder;
    private final DiscoveredLabels view;
    private final BooleanSupplier stop;
    private int relabelled;
    private int failed;
    private @Nullable String failure;

    Sync(TargetBuilder builder) {
      this(builder, () -> false);
    }

    Sync(TargetBuilder builder, BooleanSupplier stop) {
      this.stop = stop;
      this.builder = builder;
      this.view = builder.view();
    }

    Made make(String provider, TargetGroup group) {
      List<Target> kept = new ArrayList<>(0);
      int failedHere = 0;
      int size = group.targets().size();
      for (int i = 0; i < size; i++) {
        if (stop.getAsBoolean()) {
          throw new CancellationException();
        }
        TargetOutcome outcome = builder.build(provider, view, group, i);
        if (outcome instanceof TargetOutcome.Kept made) {
          kept.add(made.target());
        } else if (outcome instanceof TargetOutcome.Failed problem) {
          failedHere++;
          if (failure == null) {
            failure = FailedTarget.describe(group, i, problem.message());
          }
        }
      }
      relabelled += size;
      failed += failedHere;
      return new Made(group.source(), List.copyOf(kept), failedHere);
    }

    double seconds() {
      return (System.nanoTime() - begin) / 1e9;
    }
  }
}
