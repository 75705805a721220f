package io.promdisco.sim;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The events of a selection of objects, in order, from the moment of subscribing. Events wait here
 * without limit until they are taken. One thread takes them; any thread may end it.
 *
 * <p>Lock order: the cluster's lock, then this one's.
 */
public final class Subscription implements AutoCloseable {
  private final SimCluster cluster;
  private final ObjectTable table;
  private final Selection selection;
  private final long after;

  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final Queue<SimEvent> queue = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean ended;

  Subscription(SimCluster cluster, ObjectTable table, Selection selection, long after) {
    this.cluster = cluster;
    this.table = table;
    this.selection = selection;
    this.after = after;
  }

  /** Waits for the next event; empty once this was ended and all before that has been taken. */
  public Optional<SimEvent> next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (queue.isEmpty() && !ended) {
        changed.await();
      }
      return Optional.ofNullable(queue.poll());
    } finally {
      lock.unlock();
    }
  }

  /** The next event if there is one already. */
  public Optional<SimEvent> poll() {
    lock.lock();
    try {
      return Optional.ofNullable(queue.poll());
    } finally {
      lock.unlock();
    }
  }

  /** Adds a bookmark with the cluster's newest resource version. */
  public void bookmark() {
    cluster.bookmark(this);
  }

  /** Takes no more events; those that wait can still be taken. */
  public void end() {
    cluster.unsubscribe(this);
    stop(false);
  }

  /** Ends at once; events that wait are dropped. */
  @Override
  public void close() {
    cluster.unsubscribe(this);
    stop(true);
  }

  private void stop(boolean drop) {
    lock.lock();
    try {
      ended = true;
      if (drop) {
        queue.clear();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  ObjectTable table() {
    return table;
  }

  /** Called under the cluster's lock. */
  void changed(Change change) {
    if (change.revision() > after) {
      SimEvent event = change.seenBy(selection);
      if (event != null) {
        offer(event);
      }
    }
  }

  /** Called under the cluster's lock. */
  void offer(SimEvent event) {
    lock.lock();
    try {
      if (!ended) {
        queue.add(event);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }
}
