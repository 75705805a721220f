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
 * share one list. A list exists only while an answer uses it. Safe for all threads.
 */
final class TargetLists {
  /** The bytes of a reference in a list. */
  private static final long REFERENCE = 4;

  /** The bytes of a dropped target, in the shared list and in a sorted one. */
  private static final long DROPPED_BYTES = 40;

  /** The size of labels in bytes above which one target of each group is measured exactly. */
  private static final long USUAL_LABELS = 16 << 10;

  private final Map<String, CachedList> lists = new ConcurrentHashMap<>();

  private final Map<String, DroppedList> dropped = new ConcurrentHashMap<>();

  /**
   * The dropped targets of a job while an answer shows them. Finding them takes long, so requests
   * that arrive meanwhile wait and share the result.
   */
  private static final class DroppedList {
    @GuardedBy("this")
    private long revision = -1;

    @GuardedBy("this")
    private WeakReference<@Nullable List<DiscoveredTarget>> targets = new WeakReference<>(null);

    synchronized List<DiscoveredTarget> of(PoolView pool) {
      long now =
          pool.revision(); // read before the targets, so that a later change has a later revision
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
   * The active targets of a job.
   *
   * @param bytes the approximate memory that the list needs beyond that of the previous list, with
   *     which it shares most targets
   */
  record Targets(List<Target> targets, long bytes) {}

  Targets of(PoolView pool) {
    long revision =
        pool.revision(); // read before the targets, so that a later change has a later revision
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

  /** Returns the targets of a job that its rules drop. */
  List<DiscoveredTarget> dropped(PoolView pool) {
    return dropped.computeIfAbsent(pool.job(), job -> new DroppedList()).of(pool);
  }

  /** Returns lists that count as memory of {@code exchange} until it is answered. */
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

  /** Removes the lists of all other jobs. */
  void retain(Set<String> jobs) {
    lists.keySet().retainAll(jobs);
    dropped.keySet().retainAll(jobs);
  }
}
