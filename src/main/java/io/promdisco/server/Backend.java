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
 * What the server shows, and the one thing it can set off. Called by several server threads at
 * once; each call gets the state of its moment.
 */
interface Backend {
  /** One view a job, in the configuration's order. */
  List<PoolView> pools();

  /**
   * Calls {@code listener} with each change of the active targets, from a separate thread; first
   * with all that are there.
   */
  TargetListener.Registration listen(TargetListener listener);

  /** How each provider is. */
  List<ProviderStatus> providers();

  /** Which jobs are complete, in the configuration's order. */
  List<JobStatus> jobs();

  /** What must be known before all jobs are; empty: nothing. */
  default String waitsFor() {
    return "";
  }

  /** Whether a job is complete; empty if there is no such job. */
  Optional<JobStatus> job(String name);

  /** Calls {@code listener} each time the result of {@link #jobs} changes. */
  TargetListener.Registration listenToJobs(Runnable listener);

  /** The metrics to expose. */
  CollectorRegistry registry();

  /** Where the server counts on its own account: into {@link #registry}, or nowhere. */
  Metrics metrics();

  /**
   * Reads the configuration again and applies it. Returns when it is in force.
   *
   * @return false, without waiting, if another reload is running
   * @throws ConfigException if it was refused; then the one before stays in force
   */
  boolean tryReload() throws ConfigException;

  /** Applies what was read last again, changed by what comes from elsewhere. */
  default void reapply() {}

  /** As {@link #tryReload}, after a reload that is running. */
  void reload() throws ConfigException;

  /** The configuration in force with its defaults, secrets hidden: {@code Configuration}'s. */
  Map<String, Object> config();
}
