package io.promdisco.model;

import java.util.List;

/** Takes what changed in the target sets; the scrape manager is one. */
@FunctionalInterface
public interface SyncChannel {
  /**
   * Called on the sender's thread, never twice at once; while it runs, further changes collect in
   * the pool and arrive together with the next call.
   *
   * @param updates one for each set that changed
   */
  void onUpdates(List<TargetSetUpdate> updates);

  /**
   * Runs {@code action} once the updates so far are in force, on this or on another thread. By
   * default they are when {@link #onUpdates} returns, and it runs at once.
   */
  default void whenInForce(Runnable action) {
    action.run();
  }
}
