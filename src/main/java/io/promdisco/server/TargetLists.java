package io.promdisco.server;

import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.Target;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The active targets of each job. Answers that begin between two changes of a job share one list; a
 * list lives only while an answer uses it. Safe for all threads.
 */
final class TargetLists {
  private final Map<String, CachedList> lists = new ConcurrentHashMap<>();

  private record CachedList(long revision, WeakReference<@Nullable List<Target>> targets) {}

  List<Target> of(PoolView pool) {
    long revision =
        pool.revision(); // read before the targets, so that a later change gets another list
    CachedList known = lists.get(pool.job());
    List<Target> targets =
        known != null && known.revision() == revision ? known.targets().get() : null;
    if (targets == null) {
      targets = List.copyOf(pool.activeTargets());
      lists.put(pool.job(), new CachedList(revision, new WeakReference<>(targets)));
    }
    return targets;
  }

  /** Removes other jobs. */
  void retain(Set<String> jobs) {
    lists.keySet().retainAll(jobs);
  }
}
