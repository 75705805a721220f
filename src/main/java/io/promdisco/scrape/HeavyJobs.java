package io.promdisco.scrape;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Rebuilds jobs whose targets have so many labels that other jobs would wait. Works on a separate
 * thread, {@code sd-relabel}, on one job at a time. A job that changes meanwhile is rebuilt again.
 * The thread ends when no job is left. Safe for all threads.
 */
final class HeavyJobs {
  private static final Logger log = EscapingLogger.of(HeavyJobs.class);

  /** Targets with fewer labels are never heavy. */
  private static final int USUAL_LABELS = 500;

  /**
   * Labels of all other targets of an update; relabelling that many takes some tens of
   * milliseconds.
   */
  private static final long MOST_LABELS = 20_000;

  private static final long RETRY_MILLIS = 1000;

  /** Rebuilds a job and puts it in force. */
  interface Rebuild {
    /**
     * Rebuilds the job.
     *
     * @param stop returns true when it must end with a {@link CancellationException}
     */
    void run(String job, BooleanSupplier stop);
  }

  /** An action that runs when each of these jobs has been rebuilt this many times. */
  private record PendingAction(Map<String, Integer> jobs, Runnable action) {}

  private final Rebuild rebuild;

  @GuardedBy("this")
  private final Set<String> queue = new LinkedHashSet<>();

  @GuardedBy("this")
  private final List<PendingAction> waiting = new ArrayList<>();

  @GuardedBy("this")
  private @Nullable String current;

  @GuardedBy("this")
  private @Nullable Thread thread;

  @GuardedBy("this")
  private boolean closed;

  HeavyJobs(Rebuild rebuild) {
    this.rebuild = rebuild;
  }

  /**
   * The labels of the heavy targets of several updates. Jobs over one provider share its list of
   * changes, so each list is gone through once. For one thread.
   */
  static final class Weights {
    private final IdentityHashMap<List<TargetGroup>, Long> known = new IdentityHashMap<>();

    /** Whether relabelling an update would delay other jobs. */
    boolean isHeavy(TargetSetUpdate update) {
      long labels = 0;
      for (List<TargetGroup> groups : update.changes().values()) {
        labels += known.computeIfAbsent(groups, Weights::labels);
      }
      return labels > MOST_LABELS;
    }

    private static long labels(List<TargetGroup> groups) {
      long labels = 0;
      for (TargetGroup group : groups) {
        int shared = group.labels().size();
        for (int i = 0; i < group.targets().size(); i++) {
          int all = shared + group.targets().get(i).size();
          labels += all > USUAL_LABELS ? all : 0;
        }
      }
      return labels;
    }
  }

  /**
   * Accepts a job if it has very many labels, or if an earlier rebuild of it is not finished; it
   * will then be rebuilt.
   */
  synchronized boolean take(TargetSetUpdate update, Weights weights) {
    String job = update.job();
    boolean inWork = queue.contains(job) || job.equals(current);
    if (closed || update.removed() || !(inWork || weights.isHeavy(update))) {
      return false;
    }
    queue.add(job);
    if (thread == null) {
      thread = NamedThreads.start("sd-relabel", this::run);
    }
    return true;
  }

  /** Runs {@code action} when the jobs accepted so far have been rebuilt. */
  void whenDone(Runnable action) {
    synchronized (this) {
      Map<String, Integer> jobs = new HashMap<>();
      queue.forEach(job -> jobs.merge(job, 1, Integer::sum));
      if (current != null) {
        jobs.merge(current, 1, Integer::sum);
      }
      if (!closed && !jobs.isEmpty()) {
        waiting.add(new PendingAction(jobs, action));
        return;
      }
    }
    action.run();
  }

  private void run() {
    for (String job = next(); job != null; job = next()) {
      boolean done = false;
      try {
        rebuild.run(job, this::isClosed);
        done = true;
      } catch (CancellationException e) {
        log.debug("{}: closed while it was rebuilt", job);
      } catch (Throwable e) { // Nothing may end this thread, a lack of memory neither.
        log.error("job {}: could not be relabelled; it is tried again", job, e);
      }
      finished(job, done).forEach(Runnable::run);
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized @Nullable String next() {
    Iterator<String> jobs = queue.iterator();
    if (closed || !jobs.hasNext()) {
      thread = null;
      return null;
    }
    current = jobs.next();
    jobs.remove();
    return current;
  }

  /** The actions that can run now. */
  private synchronized List<Runnable> finished(String job, boolean done) {
    current = null;
    if (!done && !closed) {
      queue.add(job);
      pause();
      return List.of();
    }
    List<Runnable> actions = new ArrayList<>();
    boolean all = closed;
    waiting.removeIf(
        one -> {
          one.jobs.computeIfPresent(job, (name, times) -> times == 1 ? null : times - 1);
          boolean free = one.jobs.isEmpty() || all;
          if (free) {
            actions.add(one.action);
          }
          return free;
        });
    return actions;
  }

  @GuardedBy("this")
  private void pause() {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS);
    try {
      for (long left = end - System.nanoTime();
          left > 0 && !closed;
          left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the thread and waits for it. */
  void close() {
    Thread running;
    synchronized (this) {
      closed = true;
      queue.clear();
      running = thread;
      notifyAll();
    }
    if (running != null && running != Thread.currentThread()) {
      Uninterruptibles.joinUninterruptibly(running);
    }
  }
}
