package io.promdisco.scrape;

/**
 * The changes that listeners did not receive before they were closed.
 *
 * @param added number of additions of targets that were dropped, of all listeners
 * @param changed number of changes of targets that were dropped
 * @param removed number of removals of targets that were dropped
 * @param interrupted number of listeners that had not returned at the end of the time limit; their
 *     threads were interrupted
 */
public record CloseResult(long added, long changed, long removed, int interrupted) {
  /** Nothing was dropped and no listener was interrupted. */
  public static final CloseResult COMPLETE = new CloseResult(0, 0, 0, 0);

  /** Whether every listener received everything. */
  public boolean isComplete() {
    return equals(COMPLETE);
  }

  CloseResult plus(ListenerQueue.Dropped dropped) {
    return new CloseResult(
        added + dropped.added(),
        changed + dropped.changed(),
        removed + dropped.removed(),
        interrupted + (dropped.busy() ? 1 : 0));
  }
}
