package io.promdisco.server;

import com.google.common.collect.Sets;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.scrape.DiscoveredTarget;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetsDocument;
import io.promdisco.util.SourceMemory;
import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The active and the dropped targets of each job. Answers that begin between two changes of a job
 * share one list; a list lives only while an answer uses it. Safe for all threads.
 */
final class TargetLists {
  /** Bytes of a reference in a list. */
  private static final long REFERENCE = 4;

  /** Bytes of a dropped target, in the list that answers share and in a sorted one. */
  private static final long DROPPED_BYTES = 40;

  /** If labels take more bytes than this, those of one target of each group are counted in full. */
  private static final long USUAL_LABELS = 16 << 10;

  private final Map<String, CachedList> lists = new ConcurrentHashMap<>();

  private final Map<String, DroppedList> dropped = new ConcurrentHashMap<>();

  /**
   * The dropped targets of a job while an answer shows them. To find them takes long, so requests
   * that arrive meanwhile wait and share what was found.
   */
  private static final class DroppedList {
    @GuardedBy("this")
    private long revision = -1;

    @GuardedBy("this")
    private WeakReference<@Nullable List<DiscoveredTarget>> targets = new WeakReference<>(null);

    synchronized List<DiscoveredTarget> of(PoolView pool) {
      long now = pool.revision(); // before the targets: what comes after is another one
      List<DiscoveredTarget> known = revision == now ? targets.get() : null;
      if (known == null) {
        known = Collections.unmodifiableList(pool.droppedTargets(0));
        targets = new WeakReference<>(known);
        revision = now;
      }
      return known;
    }
  }

  private record CachedList(
      long revision, WeakReference<@Nullable List<Target>> targets, long bytes) {}

  /**
   * The targets of a job.
   *
   * @param bytes about how much more is kept in memory by a list than by the one before it, which
   *     shares most targets with it
   */
  record Targets(List<Target> targets, long bytes) {}

  Targets of(PoolView pool) {
    long revision = pool.revision(); // before the targets: what comes after is another one
    CachedList known = lists.get(pool.job());
    List<Target> before = known == null ? null : known.targets().get();
    if (known != null && before != null && known.revision() == revision) {
      return new Targets(before, known.bytes());
    }
    List<Target> targets = List.copyOf(pool.activeTargets());
    long bytes = bytes(targets, before == null ? List.of() : before);
    lists.put(pool.job(), new CachedList(revision, new WeakReference<>(targets), bytes));
    return new Targets(targets, bytes);
  }

  /** The targets of a job that its rules drop. */
  List<DiscoveredTarget> dropped(PoolView pool) {
    return dropped.computeIfAbsent(pool.job(), job -> new DroppedList()).of(pool);
  }

  /** The lists, which count as memory of {@code exchange} until it has been answered. */
  TargetsDocument.Lists heldBy(ServerExchange exchange) {
    return new TargetsDocument.Lists() {
      @Override
      public List<Target> active(PoolView pool) {
        Targets found = of(pool);
        return exchange.holding(found.targets(), found.bytes());
      }

      @Override
      public List<DiscoveredTarget> dropped(PoolView pool) {
        List<DiscoveredTarget> targets = TargetLists.this.dropped(pool);
        return exchange.holding(targets, DROPPED_BYTES * targets.size());
      }
    };
  }

  static long bytes(List<Target> targets, List<Target> before) {
    Set<Target> shared = Sets.newIdentityHashSet();
    shared.addAll(before);
    Set<String> groups = new HashSet<>();
    long bytes = 0;
    for (Target target : targets) {
      bytes += REFERENCE;
      if (!shared.contains(target)) {
        long labels = target.labelBytes();
        bytes += SourceMemory.TARGET + SourceMemory.sharedLabels(target.labels().size(), 1);
        bytes += labels > USUAL_LABELS && groups.add(target.source()) ? labels : 0;
      }
    }
    return bytes;
  }

  /** Removes other jobs. */
  void retain(Set<String> jobs) {
    lists.keySet().retainAll(jobs);
    dropped.keySet().retainAll(jobs);
  }
}
