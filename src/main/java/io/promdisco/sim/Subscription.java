package io.promdisco.sim;

import io.promdisco.offline.ObjectSelector;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The events of selected objects, in order, from the subscription on. Events wait without a limit
 * until they are taken. One thread takes them; any thread may end it.
 */
final class Subscription implements AutoCloseable {
  private final SimCluster cluster;
  private final ResourceTable table;
  private final ObjectSelector selection;
  private final long after;

  /** an empty one ends the subscription */
  private final BlockingQueue<Optional<SimEvent>> queue = new LinkedBlockingQueue<>();

  Subscription(SimCluster cluster, ResourceTable table, ObjectSelector selection, long after) {
    this.cluster = cluster;
    this.table = table;
    this.selection = selection;
    this.after = after;
  }

  /**
   * Waits for the next event. Returns empty when this has ended and all earlier events were taken.
   */
  public Optional<SimEvent> next() throws InterruptedException {
    Optional<SimEvent> event = queue.take();
    if (event.isEmpty()) {
      queue.add(event); // for the next call
    }
    return event;
  }

  /** Returns the next event if there is one. */
  public Optional<SimEvent> poll() {
    return queue.isEmpty() || queue.element().isEmpty() ? Optional.empty() : queue.remove();
  }

  /** Adds a bookmark with the cluster's newest resource version. */
  public void bookmark() {
    cluster.bookmark(this);
  }

  /** Accepts no more events; waiting ones can still be taken. */
  public void end() {
    cluster.unsubscribe(this);
    queue.add(Optional.empty());
  }

  /** Ends the subscription and drops waiting events. */
  @Override
  public void close() {
    cluster.unsubscribe(this);
    queue.clear();
    queue.add(Optional.empty());
  }

  ResourceTable table() {
    return table;
  }

  /** Called under the cluster's lock. */
  void changed(ObjectChange change) {
    if (change.revision() > after) {
      SimEvent event = change.seenBy(selection);
      if (event != null) {
        offer(event);
      }
    }
  }

  /** Called under the cluster's lock. */
  void offer(SimEvent event) {
    queue.add(Optional.of(event));
  }
}
