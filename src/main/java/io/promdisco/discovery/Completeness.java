package io.promdisco.discovery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.SdConfig;
import io.promdisco.metrics.Metrics;
import io.promdisco.util.EscapingLogger;
import java.util.ArrayList;
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
 * Decides which jobs are complete: the job's providers are those of the current configuration, each
 * has delivered its first result, and that result has been sent.
 *
 * <p>Safe for all threads. Reading takes no lock; listeners are called without a lock.
 */
final class Completeness {
  private static final Logger log = EscapingLogger.of(Completeness.class);

  private final Metrics.Gauge gauge;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** By name, in the configuration's order; replaced as a whole. */
  private volatile Map<String, Job> jobs = Map.of();

  @GuardedBy("this")
  private long stamps;

  @GuardedBy("this")
  private boolean ended;

  /** A job at one moment. */
  private static final class Job {
    private static final JobStatus.Missing NOT_SENT =
        new JobStatus.Missing("", "the configuration was just read; its targets are not ready yet");

    private static final JobStatus.Missing ENDED =
        new JobStatus.Missing("", "promdisco is being stopped");

    final List<SdConfig> sources;
    final long stamp;
    private final @Nullable List<Provider> providers; // null until they are known
    private final boolean sent; // with these providers
    final boolean complete;
    private final JobStatus.Missing otherwise; // what is missing if no provider is

    private Job(
        List<SdConfig> sources,
        long stamp,
        @Nullable List<Provider> providers,
        boolean sent,
        boolean complete,
        JobStatus.Missing otherwise) {
      this.sources = sources;
      this.stamp = stamp;
      this.providers = providers;
      this.sent = sent;
      this.complete = complete;
      this.otherwise = otherwise;
    }

    /** A job whose providers are not known yet. */
    static Job of(List<SdConfig> sources, long stamp) {
      return new Job(sources, stamp, null, false, false, NOT_SENT);
    }

    /** The job with these providers. */
    Job with(List<Provider> now) {
      return now.equals(providers) ? this : new Job(sources, stamp, now, false, false, NOT_SENT);
    }

    /** The job after a send that began when it was {@code then}; this one if nothing changes. */
    Job after(@Nullable Job then) {
      List<Provider> all = providers;
      if (complete || all == null) {
        return this;
      }
      boolean isSent = sent || (then != null && stamp == then.stamp && all.equals(then.providers));
      boolean isComplete = isSent && all.stream().allMatch(Provider::isWhole);
      return isSent == sent && !isComplete
          ? this
          : new Job(sources, stamp, all, isSent, isComplete, NOT_SENT);
    }

    Job end() {
      return new Job(sources, stamp, null, false, false, ENDED);
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
            "1 if every source of the job has delivered its targets, else 0.",
            "scrape_job");
  }

  /** Sets the jobs. A job whose sources have changed becomes incomplete. */
  void expect(Map<String, List<SdConfig>> sources) {
    synchronized (this) {
      Map<String, Job> now = new LinkedHashMap<>();
      sources.forEach(
          (name, configs) -> {
            List<SdConfig> distinct = configs.stream().distinct().toList();
            Job before = jobs.get(name);
            now.put(
                name,
                before != null && before.sources.equals(distinct)
                    ? before
                    : Job.of(distinct, ++stamps));
          });
      replace(now);
    }
    tell();
  }

  /** Sets the providers of each job, after the pool has received them. */
  void place(Map<String, List<Provider>> providers) {
    synchronized (this) {
      Map<String, Job> now = new LinkedHashMap<>();
      jobs.forEach((name, job) -> now.put(name, job.with(providers.getOrDefault(name, List.of()))));
      replace(now);
    }
    tell();
  }

  /**
   * Called before a send; returns what to call after it, if it was accepted, with the jobs of which
   * it is not in force yet.
   */
  Consumer<Set<String>> sending() {
    Map<String, Job> then = jobs;
    return pending -> sent(then, pending);
  }

  private void sent(Map<String, Job> then, Set<String> pending) {
    boolean changed = false;
    synchronized (this) {
      if (ended) {
        return;
      }
      Map<String, Job> different = new HashMap<>();
      for (Map.Entry<String, Job> entry : jobs.entrySet()) {
        if (pending.contains(entry.getKey())) {
          continue;
        }
        Job before = entry.getValue();
        Job after = before.after(then.get(entry.getKey()));
        if (after != before) {
          different.put(entry.getKey(), after);
          changed |= after.complete;
        }
      }
      if (!different.isEmpty()) { // Usually it is empty: this runs after each send.
        Map<String, Job> now = new LinkedHashMap<>(jobs);
        now.putAll(different);
        replace(now);
      }
    }
    if (changed) {
      tell();
    }
  }

  @GuardedBy("this")
  private void replace(Map<String, Job> now) {
    for (String name : jobs.keySet()) {
      if (!now.containsKey(name)) {
        gauge.remove(name);
      }
    }
    now.forEach((name, job) -> gauge.set(job.complete ? 1 : 0, name));
    jobs = Collections.unmodifiableMap(now);
  }

  private void tell() {
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) {
        log.error("a listener of the jobs threw", e);
      }
    }
  }

  /** Makes all jobs incomplete for good. */
  void end() {
    synchronized (this) {
      ended = true;
      Map<String, Job> now = new LinkedHashMap<>();
      jobs.forEach((name, job) -> now.put(name, job.end()));
      replace(now);
    }
    tell();
  }

  void add(Runnable listener) {
    listeners.add(listener);
  }

  void remove(Runnable listener) {
    listeners.remove(listener);
  }

  /** The status of a job; empty if there is no such job. */
  Optional<JobStatus> of(String name) {
    return Optional.ofNullable(jobs.get(name)).map(job -> job.status(name));
  }

  /** The status of all jobs, in the configuration's order. */
  List<JobStatus> all() {
    List<JobStatus> all = new ArrayList<>();
    jobs.forEach((name, job) -> all.add(job.status(name)));
    return all;
  }
}
