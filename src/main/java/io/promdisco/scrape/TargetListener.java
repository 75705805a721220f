package io.promdisco.scrape;

/** Is told of changes of the active targets, on a thread of its own. */
@FunctionalInterface
public interface TargetListener {
  /**
   * Called with each change of a job in order, never twice at once. It may take its time: nothing
   * else waits for it. Changes that touch the same target while they wait are merged with the
   * others of their job: what waits never holds more than one entry for each target, and a target
   * that is added and removed again meanwhile is not reported. Every change fits what the listener
   * knows: no target is added twice, and none is removed or changed that was not added.
   *
   * <p>What it throws is logged and counted, and the change counts as delivered.
   */
  void onChange(TargetChange change);

  /**
   * Called once, on the same thread, after all targets of the initial state: what the sources of
   * the configuration had when they started, or, for a listener that is added later, what there is
   * then. It is called even if there are no targets. A source that cannot be started, since its
   * settings are unusable, is not waited for; one that cannot be reached is.
   */
  default void onInitialStateComplete() {}

  /** A listener that is told. */
  @FunctionalInterface
  interface Registration extends AutoCloseable {
    /**
     * Ends it: changes that wait are dropped, and no further call begins except for one that begins
     * at this moment. A call that is under way goes on; it is not interrupted or waited for, so
     * that a listener may end its own registration. Closing twice has no effect.
     */
    @Override
    void close();
  }
}
