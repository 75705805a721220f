package io.promdisco.server;

import io.promdisco.config.ConfigException;
import io.promdisco.discovery.JobStatus;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.metrics.Metrics;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.TargetListener;
import io.prometheus.client.CollectorRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The state that the server shows, and the reload that clients can request. Several server threads
 * call it at the same time; each call returns the current state.
 */
interface Backend {
  /** Returns a view of each job, in the order of the configuration. */
  List<PoolView> pools();

  /**
   * Calls {@code listener} with each change of the active targets on a separate thread. The first
   * call has all current targets.
   */
  TargetListener.Registration listen(TargetListener listener);

  /** Returns the state of each provider. */
  List<ProviderStatus> providers();

  /** Returns the status of each job, in the order of the configuration. */
  List<JobStatus> jobs();

  /** What must be known before all jobs are; empty: nothing. */
  default String waitsFor() {
    return "";
  }

  /** Whether a job is complete; empty if there is no such job. */
  Optional<JobStatus> job(String name);

  /** Calls {@code listener} whenever the result of {@link #jobs} changes. */
  TargetListener.Registration listenToJobs(Runnable listener);

  /** The metrics to expose. */
  CollectorRegistry registry();

  /** The metrics of the server itself; either in {@link #registry}, or without effect. */
  Metrics metrics();

  /**
   * Reloads the configuration. Returns when the new one is in force.
   *
   * @return false, without waiting, if another reload is running
   * @throws ConfigException if the configuration has errors; the previous one stays in force
   */
  boolean tryReload() throws ConfigException;

  /** Applies what was read last again, changed by what comes from elsewhere. */
  default void reapply() {}

  /** As {@link #tryReload}, after a reload that is running. */
  void reload() throws ConfigException;

  /**
   * The configuration in force with its defaults and with secrets hidden, from {@code
   * Configuration}.
   */
  Map<String, Object> config();
}
