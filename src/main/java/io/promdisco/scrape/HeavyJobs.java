package io.promdisco.scrape;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.scrape.ChangedGroupRouter.RelevantGroups;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Relabels jobs whose targets have so many labels, or so much text, that other jobs would have to
 * wait, and jobs whose last update took long. Each job has a separate thread, {@code sd-relabel},
 * which ends when its work is done. A job that changes meanwhile is relabelled again. Safe for all
 * threads.
 */
final class HeavyJobs {
  private static final Logger log = EscapingLogger.of(HeavyJobs.class);

  /** The number of labels up to which a target is never heavy. */
  private static final int USUAL_LABELS = 500;

  /**
   * The maximum number of labels of all targets of an update with more; relabelling them takes tens
   * of milliseconds.
   */
  private static final long MOST_LABELS = 20_000;

  /** The number of characters in a target's labels up to which they are not counted. */
  private static final int USUAL_CHARACTERS = 4096;

  /**
   * The maximum number of characters in the labels of all targets with more. A rule may read each
   * character, which takes tens of nanoseconds.
   */
  private static final long MOST_CHARACTERS = 8L << 20;

  private static final long RETRY_MILLIS = 1000;

  /** The processor time that one job may take while other jobs wait. */
  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /**
   * The processor time that several jobs may take in sequence, before each gets only the minimum.
   */
  private static final long MOST_NANOS_OF_ALL = 2 * MOST_NANOS;

  /** The minimum processor time for each job. */
  private static final long LEAST_NANOS = MOST_NANOS / 10;

  /**
   * The same before the initial state is complete: a JVM that has just started needs half of it for
   * a thousand targets, and a job that is stopped has to start again.
   */
  private static final long LEAST_NANOS_AT_START = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * The time that each target gets in any case: several times what usual rules take, so that a long
   * first list is no reason to stop.
   */
  private static final long LEAST_NANOS_A_TARGET = TimeUnit.MICROSECONDS.toNanos(10);

  /** A job that is relabelled in less time is no longer slow. */
  private static final long QUICK_NANOS = MOST_NANOS / 5;

  /**
   * The number of targets after which the clock is read, because reading it takes as long as
   * relabelling a target.
   */
  private static final int TARGETS_A_READING = 16;

  /** Relabels a job and puts the result into force. */
  interface Rebuild {
    /**
     * Relabels what has changed in a job.
     *
     * @param stop returns true when it must end with a {@link CancellationException}
     */
    void run(String job, PendingUpdates changes, BooleanSupplier stop);
  }

  /** An action that runs when each of these jobs has been relabelled this many times. */
  private record PendingAction(Map<String, Integer> jobs, Runnable action) {}

  private final Rebuild rebuild;
  private final LongSupplier cpuNanos;

  @GuardedBy("this")
  private final Map<String, PendingUpdates> queue = new HashMap<>();

  @GuardedBy("this")
  private final List<PendingAction> waiting = new ArrayList<>();

  @GuardedBy("this")
  private final Set<String> current = new HashSet<>();

  @GuardedBy("this")
  private final Map<String, Thread> threads = new HashMap<>();

  /** Jobs whose last changes took long. */
  @GuardedBy("this")
  private final Set<String> slow = new HashSet<>();

  @GuardedBy("this")
  private boolean closed;

  /**
   * Creates an instance without jobs.
   *
   * @param cpuNanos returns the processor time of the calling thread in nanoseconds
   */
  HeavyJobs(Rebuild rebuild, LongSupplier cpuNanos) {
    this.rebuild = rebuild;
    this.cpuNanos = cpuNanos;
  }

  /**
   * Limits for jobs that the calling thread relabels one after the other.
   *
   * @param synced whether the initial state is complete
   */
  TimeLimits timeLimits(boolean synced) {
    return new TimeLimits(cpuNanos, synced ? LEAST_NANOS : LEAST_NANOS_AT_START);
  }

  /**
   * Limits of processor time for jobs that one thread relabels in sequence, so that the last job
   * does not wait for all others. For that thread.
   */
  static final class TimeLimits {
    private final LongSupplier cpuNanos;
    private final long least;
    private final long begin;

    private TimeLimits(LongSupplier cpuNanos, long least) {
      this.cpuNanos = cpuNanos;
      this.least = least;
      this.begin = cpuNanos.getAsLong();
    }

    /**
     * Returns a check for one job, to call for each target; it returns true when the job has taken
     * too long.
     */
    BooleanSupplier next() {
      long start = cpuNanos.getAsLong();
      long left = MOST_NANOS_OF_ALL - (start - begin);
      long most = Math.max(least, Math.min(MOST_NANOS, left));
      int[] targets = {0};
      return () ->
          ++targets[0] % TARGETS_A_READING == 0
              && cpuNanos.getAsLong() - start > Math.max(most, targets[0] * LEAST_NANOS_A_TARGET);
    }
  }

  /**
   * Estimates the cost of relabelling the groups of several updates. Jobs with the same provider
   * share its list of changes, so each list is counted once. For one thread.
   */
  static final class Weights {
    private final IdentityHashMap<List<TargetGroup>, Weight> known = new IdentityHashMap<>();

    /** Whether relabelling the groups of one job would delay other jobs. */
    boolean isHeavy(Collection<RelevantGroups> offers) {
      Weight all = new Weight();
      for (RelevantGroups offer : offers) {
        all.add(known.computeIfAbsent(offer.candidates(), Weights::weigh));
      }
      return all.isHeavy();
    }

    private static Weight weigh(List<TargetGroup> groups) {
      Weight weight = new Weight();
      groups.forEach(weight::add);
      return weight;
    }
  }

  /** The estimated cost of relabelling groups. For one thread. */
  static final class Weight {
    private long labels;
    private long characters;

    void add(Weight other) {
      labels += other.labels;
      characters += other.characters;
    }

    void add(TargetGroup group) {
      int shared = group.labels().size();
      long sharedCharacters = characters(group.labels());
      for (int i = 0; i < group.targets().size(); i++) {
        Labels own = group.targets().get(i);
        int all = shared + own.size();
        labels += all > USUAL_LABELS ? all : 0;
        long text = sharedCharacters + characters(own);
        characters += text > USUAL_CHARACTERS ? text : 0;
      }
    }

    private static long characters(Labels labels) {
      long characters = 0;
      for (int i = 0; i < labels.size(); i++) {
        characters += labels.name(i).length() + labels.value(i).length();
      }
      return characters;
    }

    boolean isHeavy() {
      return labels > MOST_LABELS || characters > MOST_CHARACTERS;
    }
  }

  /**
   * Accepts a job if it is heavy, if its last changes took long, or if an earlier run for it is not
   * finished. An accepted job is relabelled later.
   */
  synchronized boolean take(
      TargetSetUpdate update,
      Map<String, RelevantGroups> offers,
      TargetBuilder builder,
      Weights weights) {
    String job = update.job();
    if (closed || update.removed()) {
      slow.remove(job);
      return false;
    }
    boolean separate = slow.contains(job) || queue.containsKey(job) || current.contains(job);
    if (!separate && !weights.isHeavy(offers.values())) {
      return false;
    }
    add(job, PendingUpdates.of(update, offers, builder));
    return true;
  }

  /** Adds the changes of a job that took too long; see {@link #add}. */
  synchronized void addSlow(String job, PendingUpdates changes) {
    slow.add(job);
    add(job, changes);
  }

  /**
   * Adds changes of a job, which are relabelled after a run that is in progress. Does nothing after
   * close.
   */
  synchronized void add(String job, PendingUpdates changes) {
    if (!closed) {
      queue.merge(job, changes, PendingUpdates::and);
      threads.computeIfAbsent(job, any -> NamedThreads.start("sd-relabel", () -> run(job)));
    }
  }

  /** Returns the jobs that are not finished. */
  synchronized Set<String> jobs() {
    Set<String> jobs = new HashSet<>(queue.keySet());
    jobs.addAll(current);
    return jobs;
  }

  /** Runs {@code action} when the jobs accepted so far are finished. */
  void whenDone(Runnable action) {
    synchronized (this) {
      Map<String, Integer> jobs = new HashMap<>();
      queue.keySet().forEach(job -> jobs.merge(job, 1, Integer::sum));
      current.forEach(job -> jobs.merge(job, 1, Integer::sum));
      if (!closed && !jobs.isEmpty()) {
        waiting.add(new PendingAction(jobs, action));
        return;
      }
    }
    action.run();
  }

  private void run(String job) {
    for (PendingUpdates changes = begin(job); changes != null; changes = begin(job)) {
      boolean done = false;
      long begin = cpuNanos.getAsLong();
      try {
        rebuild.run(job, changes, this::isClosed);
        noteTime(job, cpuNanos.getAsLong() - begin);
        done = true;
      } catch (CancellationException e) {
        log.debug("{}: closed during a rebuild", job);
      } catch (Throwable e) { // Nothing may end this thread, not even an OutOfMemoryError.
        log.error("job {}: relabelling failed; trying again", job, e);
      }
      finished(job, changes, done).forEach(Runnable::run);
    }
  }

  private synchronized void noteTime(String job, long nanos) {
    if (nanos < QUICK_NANOS) {
      slow.remove(job);
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Removes the job from the queue. Returns null if it is not in the queue, and then its thread
   * ends.
   */
  private synchronized @Nullable PendingUpdates begin(String job) {
    PendingUpdates changes = closed ? null : queue.remove(job);
    if (changes == null) {
      threads.remove(job);
    } else {
      current.add(job);
    }
    return changes;
  }

  /** Returns the actions that can run now. */
  private synchronized List<Runnable> finished(String job, PendingUpdates changes, boolean done) {
    current.remove(job);
    if (!done && !closed) {
      queue.merge(job, changes, (later, failed) -> failed.and(later));
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

  /** Ends the threads and waits for them. */
  void close() {
    List<Thread> running;
    synchronized (this) {
      closed = true;
      queue.clear();
      running = List.copyOf(threads.values());
      notifyAll();
    }
    for (Thread thread : running) {
      if (thread != Thread.currentThread()) {
        Uninterruptibles.joinUninterruptibly(thread);
      }
    }
  }
}
