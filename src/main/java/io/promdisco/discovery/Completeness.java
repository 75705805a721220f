package io.promdisco.discovery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.util.EscapingLogger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Decides which jobs are complete. A job is complete if each provider of its configuration in force
 * has delivered its first result, and that result has been sent. While a newer configuration waits
 * for its providers, a complete job remains complete with its old targets.
 *
 * <p>Safe for all threads. Readers take no lock; listeners are called without a lock.
 */
final class Completeness {
  private static final Logger log = EscapingLogger.of(Completeness.class);

  private static final JobStatus.Missing NOT_SENT =
      new JobStatus.Missing(
          "", "the configuration was loaded just now; its targets are not ready yet");

  private static final JobStatus.Missing ENDED =
      new JobStatus.Missing("", "promdisco is shutting down");

  private final Metrics.Gauge gauge;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** The jobs by name, in the order of the configuration; the whole map is replaced. */
  private volatile Map<String, Job> jobs = Map.of();

  @GuardedBy("this")
  private long stamps;

  @GuardedBy("this")
  private boolean ended;

  /**
   * The state of a job.
   *
   * @param stamp the stamp of the targets in force
   * @param providers the providers of the newest configuration; null until they are known
   * @param configuration the number of the configuration that gave the job these providers or other
   *     rules
   * @param sent whether that configuration is in force
   * @param complete whether the targets in force are complete
   * @param otherwise what is missing if it is not a provider
   */
  private record Job(
      long stamp,
      @Nullable List<Provider> providers,
      long configuration,
      boolean sent,
      boolean complete,
      JobStatus.Missing otherwise) {

    /**
     * Returns the state after a send that began when the state was {@code then}; this state if
     * nothing changes.
     */
    Job after(@Nullable Job then) {
      boolean isSent =
          sent || (then != null && then.providers != null && configuration == then.configuration);
      if (providers == null || !isSent || (sent && complete)) {
        return this;
      }
      boolean isComplete = complete || providers.stream().allMatch(Provider::isComplete);
      return sent && !isComplete
          ? this
          : new Job(stamp, providers, configuration, true, isComplete, otherwise);
    }

    JobStatus status(String name) {
      return new JobStatus(name, complete, stamp, complete ? List.of() : missing());
    }

    private List<JobStatus.Missing> missing() {
      List<JobStatus.Missing> missing = new ArrayList<>();
      if (providers != null) {
        providers.forEach(provider -> provider.missing().ifPresent(missing::add));
      }
      return missing.isEmpty() ? List.of(otherwise) : missing;
    }
  }

  Completeness(Metrics metrics) {
    gauge =
        metrics.gauge(
            "promdisco_job_complete",
            "1 if every source of the job has delivered its targets, otherwise 0.",
            "scrape_job");
  }

  /** Sets the jobs: removes missing ones, and adds new ones as incomplete. */
  void expect(Collection<String> names) {
    synchronized (this) {
      Map<String, Job> now = new LinkedHashMap<>();
      for (String name : names) {
        Job job = jobs.get(name);
        now.put(name, job != null ? job : new Job(++stamps, null, 0, false, false, NOT_SENT));
      }
      replace(now);
    }
    notifyListeners();
  }

  /**
   * Sets the providers of each job, after the pool has received them. A job keeps its state until
   * the configuration is in force for it.
   *
   * @param reshaped the jobs whose rules have changed
   */
  void place(long configuration, Map<String, List<Provider>> providers, Set<String> reshaped) {
    synchronized (this) {
      Map<String, Job> now = new LinkedHashMap<>();
      jobs.forEach(
          (name, job) -> {
            List<Provider> own = providers.getOrDefault(name, List.of());
            boolean same = own.equals(job.providers) && !reshaped.contains(name);
            now.put(
                name,
                same ? job : new Job(job.stamp, own, configuration, false, job.complete, NOT_SENT));
          });
      replace(now);
    }
    notifyListeners();
  }

  /**
   * Called before a drain is sent. The drain puts a new configuration into force for some jobs.
   * Those whose providers have not all delivered become incomplete.
   */
  void switching(TargetPool.Drain drain) {
    boolean changed = false;
    synchronized (this) {
      Map<String, Job> now = new LinkedHashMap<>(jobs);
      for (TargetSetUpdate update : drain.updates()) {
        Job job = jobs.get(update.job());
        if (update.whole() && job != null && !job.sent) {
          boolean complete = job.complete && !drain.partial().contains(update.job());
          now.put(
              update.job(),
              new Job(++stamps, job.providers, job.configuration, false, complete, job.otherwise));
          changed = true;
        }
      }
      if (changed) {
        replace(now);
      }
    }
    if (changed) {
      notifyListeners();
    }
  }

  /**
   * Called before a drain. Returns a callback for the time after the drain was accepted; its
   * argument is the jobs for which the drain is not in force yet.
   */
  Consumer<Set<String>> sending() {
    Map<String, Job> then = jobs;
    return pending -> sent(then, pending);
  }

  private void sent(Map<String, Job> then, Set<String> pending) {
    Map<String, Job> different = new HashMap<>();
    synchronized (this) {
      jobs.forEach(
          (name, job) -> {
            Job after = pending.contains(name) ? job : job.after(then.get(name));
            if (!after.equals(job)) {
              different.put(name, after);
            }
          });
      if (!different.isEmpty()) { // Usually empty: this runs after each send.
        Map<String, Job> now = new LinkedHashMap<>(jobs);
        now.putAll(different);
        replace(now);
      }
    }
    if (!different.isEmpty()) {
      notifyListeners();
    }
  }

  /** Does nothing after the end. */
  @GuardedBy("this")
  private void replace(Map<String, Job> now) {
    if (ended) {
      return;
    }
    for (String name : jobs.keySet()) {
      if (!now.containsKey(name)) {
        gauge.remove(name);
      }
    }
    now.forEach((name, job) -> gauge.set(job.complete ? 1 : 0, name));
    jobs = Collections.unmodifiableMap(now);
  }

  private void notifyListeners() {
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) {
        log.error("a listener for complete jobs threw an exception", e);
      }
    }
  }

  /** Makes all jobs incomplete permanently. */
  void end() {
    synchronized (this) {
      Map<String, Job> now = new LinkedHashMap<>();
      jobs.forEach((name, job) -> now.put(name, new Job(job.stamp, null, 0, false, false, ENDED)));
      replace(now);
      ended = true;
    }
    notifyListeners();
  }

  void add(Runnable listener) {
    listeners.add(listener);
  }

  void remove(Runnable listener) {
    listeners.remove(listener);
  }

  /** Returns the status of a job; empty if there is no such job. */
  Optional<JobStatus> of(String name) {
    return Optional.ofNullable(jobs.get(name)).map(job -> job.status(name));
  }

  /** Returns the status of all jobs, in the order of the configuration. */
  List<JobStatus> all() {
    List<JobStatus> all = new ArrayList<>();
    jobs.forEach((name, job) -> all.add(job.status(name)));
    return all;
  }
}
