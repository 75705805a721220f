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
 * The active targets of each job. Answers that begin between two changes of a job share one list;
 * none is kept that no answer uses. Safe for all threads.
 */
final class TargetLists {
  private final Map<String, CachedList> lists = new ConcurrentHashMap<>();

  private record CachedList(long revision, WeakReference<@Nullable List<Target>> targets) {}

  List<Target> of(PoolView pool) {
    long revision = pool.revision(); // before the targets: what comes after is another one
    CachedList known = lists.get(pool.job());
    List<Target> targets =
        known != null && known.revision() == revision ? known.targets().get() : null;
    if (targets == null) {
      targets = List.copyOf(pool.activeTargets());
      lists.put(pool.job(), new CachedList(revision, new WeakReference<>(targets)));
    }
    return targets;
  }

  /** Forgets jobs that are gone. */
  void retain(Set<String> jobs) {
    lists.keySet().retainAll(jobs);
  }
}
