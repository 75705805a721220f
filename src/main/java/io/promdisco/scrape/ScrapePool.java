package io.promdisco.scrape;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.scrape.ChangedGroupRouter.RelevantGroups;
import io.promdisco.scrape.PoolState.GroupResult;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.Nouns;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongBiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The targets of one job.
 *
 * <p>New rules are announced first. They come into force with the complete update of their
 * configuration (decision 0022), so that no target is made from old groups and new rules.
 *
 * <p>The manager writes, one thread at a time; any thread reads. Relabelling runs without the lock,
 * so that readers never wait for it.
 */
final class ScrapePool {
  private static final Logger log = EscapingLogger.of(ScrapePool.class);

  private final String job;
  private final long created;
  private final ScrapeMetrics metrics;
  private final LabelMemory memory;

  @GuardedBy("this")
  private Plan plan;

  /** Plans that are not in force yet, by the number of their configuration. */
  @GuardedBy("this")
  private final TreeMap<Long, Plan> announced = new TreeMap<>();

  /** Whether a complete update was received; later updates are changes to it. */
  @GuardedBy("this")
  private boolean loaded;

  @GuardedBy("this")
  private PoolState state = new PoolState();

  @GuardedBy("this")
  private int discovered;

  @GuardedBy("this")
  private boolean failing;

  @GuardedBy("this")
  private long revision;

  /**
   * The maximum number of targets of changed groups that are stored for readers which follow
   * changes.
   */
  private static final int MOST_REMEMBERED = 1000;

  /** The latest changes, the oldest first; null while no reader follows them. */
  @GuardedBy("this")
  private @Nullable ArrayDeque<Touched> journal;

  @GuardedBy("this")
  private int journalTargets;

  /** The journal contains every change after this revision. */
  @GuardedBy("this")
  private long journalFrom;

  /** The targets of a group before or after a change. */
  private record Touched(long revision, List<Target> targets) {}

  /** A configuration of the job, and its rules. */
  private record Plan(ScrapeConfig config, TargetBuilder builder) {}

  /**
   * Creates a pool without targets.
   *
   * @param created the number of the configuration that adds the job
   * @param last the highest revision of any earlier pool, so that revisions are not used twice
   */
  ScrapePool(
      ScrapeConfig config, long created, long last, ScrapeMetrics metrics, LabelMemory memory) {
    this.memory = memory;
    this.job = config.jobName();
    this.created = created;
    this.metrics = metrics;
    revision = last + 1;
    plan = new Plan(config, new TargetBuilder(config));
  }

  String job() {
    return job;
  }

  synchronized ScrapeConfig config() {
    return plan.config;
  }

  /**
   * Announces the job's settings in a new configuration.
   *
   * @return false if they result in the same targets as the previous ones, so that no complete
   *     update is needed
   */
  @SuppressWarnings("ReferenceEquality") // of many jobs most are the same objects
  boolean announce(long configuration, ScrapeConfig config) {
    synchronized (this) {
      Map.Entry<Long, Plan> last = announced.lastEntry();
      if ((last == null ? plan : last.getValue()).config == config) {
        return false;
      }
    }
    TargetBuilder builder = new TargetBuilder(config);
    synchronized (this) {
      Map.Entry<Long, Plan> last = announced.lastEntry();
      Plan newest = last == null ? plan : last.getValue();
      if (!builder.makesTheSameAs(newest.builder)) {
        announced.put(configuration, new Plan(config, builder));
        return true;
      }
      Plan same = new Plan(config, newest.builder);
      if (last == null) {
        plan = same;
      } else {
        announced.put(last.getKey(), same);
      }
      return false;
    }
  }

  @GuardedBy("this")
  private Plan plan(long configuration) {
    Map.Entry<Long, Plan> newest = announced.floorEntry(configuration);
    return newest == null ? plan : newest.getValue();
  }

  /** Returns the builder of targets for groups of this configuration. */
  synchronized TargetBuilder builder(long configuration) {
    return plan(configuration).builder;
  }

  synchronized PoolCounts counts() {
    int dropped = Math.max(0, discovered - state.kept() - state.failed());
    return new PoolCounts(discovered, state.active(), dropped, state.failed());
  }

  /** A number that changes with the discovered groups and with the rules. */
  synchronized long revision() {
    return revision;
  }

  /** Returns the active targets in any order, including equal ones of several groups. */
  synchronized List<Target> targets() {
    return state.targets();
  }

  /** See {@link PoolView#newsSince}. */
  synchronized PoolView.News newsSince(long since) {
    if (journal != null && since >= journalFrom) {
      Map<Target, Target> present = new HashMap<>();
      Set<Target> gone = new HashSet<>();
      for (Touched touched : journal) {
        if (touched.revision > since) {
          for (Target target : touched.targets) {
            if (present.containsKey(target) || gone.contains(target)) {
              continue; // Of many that are equal the first tells it; each would look at all.
            }
            Target current = state.current(target);
            if (current == null) {
              gone.add(target);
            } else {
              present.put(current, current);
            }
          }
        }
      }
      return new PoolView.News(revision, false, present.values(), gone);
    }
    journal = journal == null ? new ArrayDeque<>() : journal;
    List<Target> all = state.targets();
    return new PoolView.News(
        revision, true, all.size() == state.active() ? all : PoolView.distinct(all), List.of());
  }

  /** Stores the changes of the latest revision for readers which follow them. */
  @GuardedBy("this")
  private void remember(TargetChangeBuilder delta, boolean whole) {
    if (journal == null || whole) {
      journal = journal == null ? null : new ArrayDeque<>();
      journalTargets = 0;
      journalFrom = revision;
      return;
    }
    for (List<Target> targets : delta.touched()) {
      journal.add(new Touched(revision, targets));
      journalTargets += targets.size();
    }
    while (journalTargets > MOST_REMEMBERED) {
      Touched oldest = journal.remove();
      journalTargets -= oldest.targets.size();
      journalFrom = oldest.revision;
    }
  }

  /** Returns the number of stored groups. */
  synchronized int groups() {
    return state.groups();
  }

  /**
   * Whether an update is for this pool, and not for an earlier one of the same name or for removed
   * sources.
   */
  synchronized boolean accepts(TargetSetUpdate update) {
    return update.whole() ? update.configuration() >= created : loaded;
  }

  /**
   * Targets of the job that are built but not used yet.
   *
   * @param made the results by provider
   * @param whole all targets, for a complete update
   * @param distinct one of each set of equal targets among them
   */
  record Prepared(
      TargetSetUpdate update,
      Map<String, RelevantGroups> offers,
      Map<String, List<GroupResult>> made,
      @Nullable PoolState whole,
      List<Target> distinct,
      Sync sync) {}

  /**
   * Relabels changed groups without changing the pool.
   *
   * @param offers the groups of which targets may be kept, by provider; the others have none to
   *     keep
   * @param stop called for each target; if it returns true, the work ends with a {@link
   *     CancellationException}
   */
  Prepared prepare(
      TargetSetUpdate update, Map<String, RelevantGroups> offers, BooleanSupplier stop) {
    Sync sync =
        new Sync(
            builder(update.configuration()),
            stop,
            memory.room(job),
            update.whole() ? 0 : written(),
            update.whole() ? (provider, source) -> 0 : this::written);
    Map<String, List<GroupResult>> made = new HashMap<>();
    offers.forEach(
        (provider, offer) -> {
          if (!offer.candidates().isEmpty()) {
            List<GroupResult> ofProvider = new ArrayList<>(offer.candidates().size());
            offer.candidates().forEach(group -> ofProvider.add(sync.make(provider, group)));
            made.put(provider, ofProvider);
          }
        });
    PoolState whole = update.whole() ? new PoolState() : null;
    TargetChangeBuilder delta = new TargetChangeBuilder();
    if (whole != null) {
      whole.putAll(made, delta);
    }
    return new Prepared(update, offers, made, whole, delta.additions(), sync);
  }

  /** Puts prepared targets into force. */
  TargetChange commit(Prepared prepared) {
    TargetSetUpdate update = prepared.update;
    TargetChangeBuilder delta = new TargetChangeBuilder();
    synchronized (this) {
      if (prepared.whole != null) {
        Plan next = plan(update.configuration());
        if (next.builder != plan.builder) {
          metrics.reloaded();
        }
        plan = next;
        announced.headMap(update.configuration(), true).clear();
        loaded = true;
        state.compare(prepared.whole, prepared.distinct, delta);
        state = prepared.whole;
      } else {
        state.putAll(prepared.made, delta);
        prepared.offers.forEach(
            (provider, offer) -> {
              if (!offer.isEverything()) {
                state.dropOthers(
                    provider, prepared.made.getOrDefault(provider, List.of()), offer, delta);
              }
            });
      }
      discovered = update.targets();
      return finish(prepared.sync, delta, update.whole());
    }
  }

  /** Removes all targets. */
  TargetChange clear() {
    TargetChangeBuilder delta = new TargetChangeBuilder();
    synchronized (this) {
      state.compare(new PoolState(), List.of(), delta);
      state = new PoolState();
      loaded = false;
      discovered = 0;
      Sync nothing = new Sync(plan.builder, () -> false, 0, 0, (provider, source) -> 0);
      return finish(nothing, delta, true);
    }
  }

  private synchronized long written() {
    return state.written();
  }

  private synchronized long written(String provider, String source) {
    return state.written(provider, source);
  }

  @GuardedBy("this")
  private TargetChange finish(Sync sync, TargetChangeBuilder delta, boolean whole) {
    revision++;
    memory.hold(job, state.written());
    remember(delta, whole);
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
      log.info("job {}: all targets can be scraped again", job);
    }
    failing = failingNow;
    return change;
  }

  /** One pass over groups, with its counts. For one thread. */
  static final class Sync {
    private final long begin = System.nanoTime();
    private final TargetBuilder builder;
    private final DiscoveredLabels view;
    private final BooleanSupplier stop;
    private final long room;
    private final ToLongBiFunction<String, String> before;
    private long written;
    private int relabelled;
    private int failed;
    private @Nullable String failure;

    /**
     * A run.
     *
     * @param stop returns true when it must end
     * @param room how many characters rules may write, as {@link LabelMemory} counts them
     * @param written how many the pool holds
     * @param before how many of those belong to a group, by provider and source
     */
    Sync(
        TargetBuilder builder,
        BooleanSupplier stop,
        long room,
        long written,
        ToLongBiFunction<String, String> before) {
      this.stop = stop;
      this.room = room;
      this.written = written;
      this.before = before;
      this.builder = builder;
      this.view = builder.view();
    }

    GroupResult make(String provider, TargetGroup group) {
      List<Target> kept = new ArrayList<>(0);
      int failedHere = 0;
      int size = group.targets().size();
      written -= before.applyAsLong(provider, group.source());
      for (int i = 0; i < size; i++) {
        if (stop.getAsBoolean()) {
          throw new CancellationException();
        }
        TargetOutcome outcome = counted(builder.build(provider, view, group, i));
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
      return new GroupResult(group.source(), List.copyOf(kept), failedHere);
    }

    private TargetOutcome counted(TargetOutcome outcome) {
      if (outcome instanceof TargetOutcome.Kept made) {
        long more = LabelMemory.written(made.target());
        if (more > 0 && written + more > room) {
          return new TargetOutcome.Failed(LabelMemory.problem(room));
        }
        written += more;
      }
      return outcome;
    }

    double seconds() {
      return (System.nanoTime() - begin) / 1e9;
    }
  }
}
