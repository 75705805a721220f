package io.promdisco.scrape;

/**
 * The changes that listeners did not receive before they were closed.
 *
 * @param added number of dropped additions of targets, of all listeners
 * @param changed number of dropped changes of targets
 * @param removed number of dropped removals of targets
 * @param interrupted number of listeners that had not returned at the time limit; their threads
 *     were interrupted
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
