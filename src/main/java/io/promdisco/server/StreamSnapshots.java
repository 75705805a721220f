package io.promdisco.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.discovery.JobStatus;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.Target;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lists of all targets, with which streams begin. Streams that begin between two changes share one
 * list. Safe for all threads.
 */
final class StreamSnapshots {
  private final Backend backend;
  private final ChangeLog log;
  private final TargetLists lists = new TargetLists();

  @GuardedBy("this")
  private WeakReference<@Nullable Snapshot> latest = new WeakReference<>(null);

  /**
   * The targets of all jobs.
   *
   * @param number the change after which to continue. The targets may already contain some later
   *     changes, which do no harm when sent again
   * @param bytes the approximate memory that it needs beyond that of the previous snapshot
   * @param incomplete the incomplete jobs
   */
  record Snapshot(long number, List<Target> targets, long bytes, List<JobStatus> incomplete) {
    Snapshot {
      targets = List.copyOf(targets);
      incomplete = List.copyOf(incomplete);
    }

    /** Returns the targets of one job; of all jobs if the name is empty. */
    List<Target> of(String job) {
      return job.isEmpty()
          ? targets
          : targets.stream().filter(target -> target.job().equals(job)).toList();
    }

    /** Returns whether the named job is incomplete, or all incomplete jobs if the name is empty. */
    List<JobStatus> incompleteOf(String job) {
      return incomplete.stream().filter(s -> job.isEmpty() || s.job().equals(job)).toList();
    }
  }

  StreamSnapshots(Backend backend, ChangeLog log) {
    this.backend = backend;
    this.log = log;
  }

  synchronized Snapshot take() {
    long number = log.newest(); // read before the targets, so that no change is lost
    Snapshot known = latest.get();
    if (known != null && known.number() == number) {
      return known;
    }
    Map<String, JobStatus> before = new HashMap<>();
    backend.jobs().forEach(job -> before.put(job.job(), job));
    List<Target> targets = new ArrayList<>();
    backend.pools().forEach(pool -> targets.addAll(pool.activeTargets()));
    List<JobStatus> incomplete = new ArrayList<>();
    for (JobStatus after : backend.jobs()) {
      JobStatus then = before.get(after.job());
      if (then == null) {
        incomplete.add(after.replaced());
      } else if (!then.isCompleteUntil(after)) {
        incomplete.add(!after.complete() ? after : !then.complete() ? then : after.replaced());
      }
    }
    long bytes = TargetLists.bytes(targets, known == null ? List.of() : known.targets());
    lists.retain(before.keySet());
    Snapshot taken = new Snapshot(number, targets, bytes, incomplete);
    latest = new WeakReference<>(taken);
    return taken;
  }

  /** Returns the targets of one job; empty if it is incomplete or has changed meanwhile. */
  Optional<TargetLists.Targets> whole(String job) {
    Optional<JobStatus> before = backend.job(job);
    Optional<PoolView> pool =
        backend.pools().stream().filter(each -> each.job().equals(job)).findFirst();
    TargetLists.Targets targets =
        pool.isPresent() ? lists.of(pool.get()) : new TargetLists.Targets(List.of(), 0);
    Optional<JobStatus> after = backend.job(job);
    return before.isPresent() && after.isPresent() && before.get().isCompleteUntil(after.get())
        ? Optional.of(targets)
        : Optional.empty();
  }
}
