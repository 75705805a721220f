package io.promdisco.scrape;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Tells one listener of changes, in order, on a separate thread. */
final class ListenerThread implements TargetListener.Registration {
  private static final Logger log = EscapingLogger.of(ListenerThread.class);

  private final TargetListener listener;
  private final String name;
  private final ScrapeMetrics metrics;
  private final Set<Thread> threads;
  private final Consumer<ListenerThread> onClose;
  private final ListenerQueue queue = new ListenerQueue();
  private volatile @Nullable Thread thread; // written once, by start

  @GuardedBy("this")
  private boolean stopped;

  /**
   * A thread that has not been started.
   *
   * @param threads holds the thread while it runs
   * @param onClose called when the registration is closed, more than once perhaps
   */
  ListenerThread(
      TargetListener listener,
      int number,
      ScrapeMetrics metrics,
      Set<Thread> threads,
      Consumer<ListenerThread> onClose) {
    this.listener = listener;
    this.name = "sd-listener-" + number;
    this.metrics = metrics;
    this.threads = threads;
    this.onClose = onClose;
    metrics.waiting(name, 0);
  }

  void start() {
    thread = NamedThreads.start(name, this::run);
  }

  String name() {
    return name;
  }

  /** Adds a change to those that wait; never blocks. */
  void put(TargetChange change) {
    ListenerQueue.PutResult put = queue.put(change);
    countWaiting(put.grownBy());
    metrics.cancelled(put.cancelled());
  }

  private synchronized void countWaiting(int more) {
    if (more != 0 && !stopped) {
      metrics.waiting(name, more);
    }
  }

  /** Marks the end of the initial state. */
  void completeInitialState() {
    queue.completeInitialState();
  }

  /**
   * Waits until the listener has received the initial state and what was put before.
   *
   * @param deadline of {@link System#nanoTime}
   */
  boolean awaitDelivered(long deadline) throws InterruptedException {
    return queue.awaitDelivered(deadline);
  }

  /** Whether the caller is the listener itself. */
  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /** Ends the thread once everything that waits has been delivered. */
  void drain() {
    queue.drain();
  }

  /**
   * Waits until the thread has ended.
   *
   * @param deadline of {@link System#nanoTime}
   */
  boolean awaitEnd(long deadline) throws InterruptedException {
    Thread running = thread;
    while (running != null && running.isAlive()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      running.join(left / 1_000_000, (int) (left % 1_000_000));
    }
    return true;
  }

  /** Interrupts a running call. */
  void interrupt() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }

  @Override
  public void close() {
    stop();
  }

  /** Drops what waits; a running call continues. */
  ListenerQueue.Dropped stop() {
    onClose.accept(this);
    ListenerQueue.Dropped dropped = queue.close();
    synchronized (this) {
      stopped = true;
      metrics.listenerGone(name);
    }
    return dropped;
  }

  private void run() {
    boolean failing = false;
    threads.add(Thread.currentThread());
    try {
      for (ListenerQueue.Delivery next = queue.take(); next != null; next = queue.take()) {
        failing = !deliver(next.change(), failing);
        queue.delivered();
        // A listener that leaves its thread interrupted must not miss what follows.
        boolean unused = Thread.interrupted();
      }
    } finally {
      threads.remove(Thread.currentThread());
    }
  }

  /**
   * Returns whether the listener returned normally.
   *
   * @param change null: the initial state is complete
   */
  @SuppressWarnings("Interruption") // What a listener throws does not end its thread.
  private boolean deliver(@Nullable TargetChange change, boolean failing) {
    try {
      if (change == null) {
        listener.onInitialStateComplete();
      } else {
        countWaiting(-size(change));
        listener.onChange(change);
      }
      return true;
    } catch (Throwable e) { // Other languages throw checked exceptions too.
      metrics.listenerFailed();
      if (!failing) {
        log.warn(
            "{}: a target listener threw an exception; the next change is sent to it", name, e);
      }
      return false;
    }
  }

  private static int size(TargetChange change) {
    return change.added().size() + 2 * change.changed().size() + change.removed().size();
  }
}
