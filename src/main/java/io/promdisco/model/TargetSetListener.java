package io.promdisco.model;

import io.promdisco.Internal;
import java.util.List;
import java.util.Set;

/**
 * Receives the changes of target sets; the scrape manager is one.
 *
 * @hidden
 */
@FunctionalInterface
@Internal
public interface TargetSetListener {
  /**
   * Called on the sender's thread, one call at a time. During a call, further changes are collected
   * in the pool and passed to the next call.
   *
   * @param updates one for each set that changed
   */
  void onUpdates(List<TargetSetUpdate> updates);

  /**
   * Called on the sender's thread when everything that each source found at its start has been
   * passed to {@link #onUpdates}; called again, with the same or a higher number, after later
   * updates.
   *
   * @param configurations number of configurations that were applied to the discovery manager so
   *     far; the state is that of the last one
   */
  default void onSynced(long configurations) {}

  /** Returns the jobs for which the updates so far are not in force yet; by default none. */
  default Set<String> pendingJobs() {
    return Set.of();
  }

  /**
   * Runs {@code action} when the updates so far are in force, on this or another thread. By
   * default, that is when {@link #onUpdates} returns, so it runs immediately.
   */
  default void whenInForce(Runnable action) {
    action.run();
  }
}
