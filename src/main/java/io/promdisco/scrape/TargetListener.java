package io.promdisco.scrape;

/** Receives changes of the active targets, on a separate thread. */
@FunctionalInterface
public interface TargetListener {
  /**
   * Called with each change of a job, in order, one call at a time. A slow call does not delay
   * other work: waiting changes that affect the same target are merged with the others of their
   * job, so that at most one entry waits for each target, and a target that is added and removed
   * meanwhile is not reported. The changes are consistent: no target is added twice, and a target
   * is removed or changed only after it was added.
   *
   * <p>An exception is logged and counted, and the change counts as delivered.
   */
  void onChange(TargetChange change);

  /**
   * Called once, on the same thread, after all targets of the initial state: the first results of
   * all sources, or, for a listener that is added later, the targets at that time. Called even if
   * there are no targets. Waits for a source that cannot be reached, but not for one that cannot
   * start because its settings are unusable.
   */
  default void onInitialStateComplete() {}

  /** The registration of a listener. */
  @FunctionalInterface
  interface Registration extends AutoCloseable {
    /**
     * Ends the registration. Waiting changes are dropped, and no further call begins, except one
     * that begins at this moment. A running call continues; it is neither interrupted nor waited
     * for, so a listener can end its own registration. Closing twice has no effect.
     */
    @Override
    void close();
  }
}
