package io.promdisco.scrape;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Delivers changes to one listener, in order, on a separate thread. */
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
   * Creates a thread that is not started.
   *
   * @param threads contains the thread while it runs
   * @param onClose called when the registration is closed, possibly more than once
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

  /** Adds a change without blocking. */
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
   * Waits until the listener has received the initial state and everything that was added before.
   *
   * @param deadline a time of {@link System#nanoTime}
   */
  boolean awaitDelivered(long deadline) throws InterruptedException {
    return queue.awaitDelivered(deadline);
  }

  /** Whether the caller is the listener itself. */
  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /** Ends the thread after it has delivered all waiting changes. */
  void drain() {
    queue.drain();
  }

  /**
   * Waits until the thread has ended.
   *
   * @param deadline a time of {@link System#nanoTime}
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

  /** Drops waiting changes; a running call continues. */
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
        // Clears the flag: a listener that leaves it set must still get the following changes.
        boolean unused = Thread.interrupted();
      }
    } finally {
      threads.remove(Thread.currentThread());
    }
  }

  /**
   * Returns whether the listener returned normally.
   *
   * @param change null if the initial state is complete
   */
  @SuppressWarnings("Interruption") // an exception of a listener does not end its thread
  private boolean deliver(@Nullable TargetChange change, boolean failing) {
    try {
      if (change == null) {
        listener.onInitialStateComplete();
      } else {
        countWaiting(-size(change));
        listener.onChange(change);
      }
      return true;
    } catch (Throwable e) { // Other JVM languages can throw any checked exception.
      metrics.listenerFailed();
      if (!failing) {
        log.warn(
            "{}: a target listener threw an exception; it gets the next change all the same",
            name,
            e);
      }
      return false;
    }
  }

  private static int size(TargetChange change) {
    return change.added().size() + 2 * change.changed().size() + change.removed().size();
  }
}
