package io.promdisco.model;

import io.promdisco.Internal;
import java.util.List;
import java.util.Set;

/**
 * Takes what changed in the target sets; the scrape manager is one.
 *
 * @hidden
 */
@FunctionalInterface
@Internal
public interface TargetSetListener {
  /**
   * Called on the sender's thread, never twice at once; while it runs, further changes collect in
   * the pool and arrive together with the next call.
   *
   * @param updates one for each set that changed
   */
  void onUpdates(List<TargetSetUpdate> updates);

  /**
   * Called on the sender's thread when everything that was there at the start of every source has
   * been passed to {@link #onUpdates}; called again, with the same or a higher number, after later
   * updates.
   *
   * @param configurations number of configurations that were applied to the discovery side so far;
   *     the state is that of the last one
   */
  default void onSynced(long configurations) {}

  /** The jobs of which the updates so far are not in force yet; by default none. */
  default Set<String> pendingJobs() {
    return Set.of();
  }

  /**
   * Runs {@code action} once the updates so far are in force, on this or on another thread. By
   * default they are when {@link #onUpdates} returns, and it runs at once.
   */
  default void whenInForce(Runnable action) {
    action.run();
  }
}
