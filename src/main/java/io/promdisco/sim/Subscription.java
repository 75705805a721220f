package io.promdisco.sim;

import io.promdisco.offline.ObjectSelector;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The events of a selection of objects, in order, from the moment of subscribing. Events wait here
 * without limit until they are taken. One thread takes them; any thread may end it.
 */
final class Subscription implements AutoCloseable {
  private final SimCluster cluster;
  private final ResourceTable table;
  private final ObjectSelector selection;
  private final long after;

  /** An empty one ends the subscription. */
  private final BlockingQueue<Optional<SimEvent>> queue = new LinkedBlockingQueue<>();

  Subscription(SimCluster cluster, ResourceTable table, ObjectSelector selection, long after) {
    this.cluster = cluster;
    this.table = table;
    this.selection = selection;
    this.after = after;
  }

  /** Waits for the next event; empty once this was ended and all before that has been taken. */
  public Optional<SimEvent> next() throws InterruptedException {
    Optional<SimEvent> event = queue.take();
    if (event.isEmpty()) {
      queue.add(event); // For the next call.
    }
    return event;
  }

  /** The next event if there is one already. */
  public Optional<SimEvent> poll() {
    return queue.isEmpty() || queue.element().isEmpty() ? Optional.empty() : queue.remove();
  }

  /** Adds a bookmark with the cluster's newest resource version. */
  public void bookmark() {
    cluster.bookmark(this);
  }

  /** Takes no more events; those that wait can still be taken. */
  public void end() {
    cluster.unsubscribe(this);
    queue.add(Optional.empty());
  }

  /** Ends at once; events that wait are dropped. */
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
