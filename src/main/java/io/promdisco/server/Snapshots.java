package io.promdisco.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.Target;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All targets, as streams begin with them. Streams that begin between two changes share one list.
 * Safe for all threads.
 */
final class Snapshots {
  private final Supplier<List<PoolView>> pools;
  private final ChangeLog log;

  @GuardedBy("this")
  private WeakReference<@Nullable Snapshot> latest = new WeakReference<>(null);

  /**
   * Targets of all jobs.
   *
   * @param number the change behind which to go on. Some changes after it may be in the targets
   *     already: to be told of them again does no harm
   */
  record Snapshot(long number, List<Target> targets) {
    Snapshot {
      targets = List.copyOf(targets);
    }

    /** The targets of one job; of all if it is empty. */
    List<Target> of(String job) {
      return job.isEmpty()
          ? targets
          : targets.stream().filter(target -> target.job().equals(job)).toList();
    }
  }

  Snapshots(Supplier<List<PoolView>> pools, ChangeLog log) {
    this.pools = pools;
    this.log = log;
  }

  synchronized Snapshot take() {
    long number = log.newest(); // before the targets are read: nothing falls in between
    Snapshot known = latest.get();
    if (known != null && known.number() == number) {
      return known;
    }
    List<Target> targets = new ArrayList<>();
    pools.get().forEach(pool -> targets.addAll(pool.activeTargets()));
    Snapshot taken = new Snapshot(number, targets);
    latest = new WeakReference<>(taken);
    return taken;
  }
}
