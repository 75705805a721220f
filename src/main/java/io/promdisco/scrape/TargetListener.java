package io.promdisco.scrape;

/** Is told of changes of the active targets, on a thread of its own. */
@FunctionalInterface
public interface TargetListener {
  /**
   * Called with each change in order, never twice at once. It may take its time: changes wait in
   * order, and nobody else waits. What it throws is logged and counted, and it is called again with
   * the next change.
   */
  void onChange(TargetChange change);

  /** A listener that is told. */
  @FunctionalInterface
  interface Registration extends AutoCloseable {
    /**
     * Ends it: changes that wait are dropped, a call that is under way ends by itself. Doing it
     * twice does no harm.
     */
    @Override
    void close();
  }
}
