package io.promdisco.providers.kubernetes.watch;

import com.google.common.util.concurrent.Uninterruptibles;
import io.promdisco.metrics.Metrics;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.GrowingRing;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import io.promdisco.util.TickerWait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;

/**
 * Delivers changes to one listener from a growing buffer, on a separate thread {@code
 * sd-listen-<name>}, so that a slow listener delays no other.
 */
final class ListenerRunner<V> {
  private static final int TRIES = 6;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
  private static final Logger log = EscapingLogger.of(ListenerRunner.class);

  /** A notification. */
  @FunctionalInterface
  interface Notice<V> {
    void deliverTo(ObjectListener<? super V> listener);
  }

  private final String name;
  private final ObjectListener<? super V> listener;
  private final GrowingRing<Notice<V>> ring = new GrowingRing<>();
  private final TickerWait pause;
  private final Metrics.Counter errors;
  private final Metrics.Counter dropped;
  private final Thread thread;
  private boolean failing; // used by its own thread
  private volatile boolean synced; // written by its own thread
  private volatile boolean resyncing; // set by the threads that add, cleared by its own thread

  ListenerRunner(String name, ObjectListener<? super V> listener, Ticker ticker, Metrics metrics) {
    this.name = name;
    this.listener = listener;
    pause = new TickerWait(ticker);
    errors =
        metrics.counter(
            "promdisco_kubernetes_listener_errors_total",
            "Exceptions that listeners threw.",
            "name");
    dropped =
        metrics.counter(
            "promdisco_kubernetes_listener_dropped_total",
            "Changes that were skipped because a listener threw an exception at every try.",
            "name");
    thread = NamedThreads.start("sd-listen-" + name, this::run);
  }

  /** Adds notifications without blocking. */
  void putAll(List<Notice<V>> notices) {
    ring.putAll(notices);
  }

  /** Adds a notification for each of {@code objects} without blocking. */
  void putAll(List<V> objects, Function<V, Notice<V>> notice) {
    List<Notice<V>> notices = new ArrayList<>(objects.size());
    for (V object : objects) {
      notices.add(notice.apply(object));
    }
    ring.putAll(notices);
  }

  /** Adds all objects again without blocking. */
  void putResync(List<V> objects) {
    resyncing = true;
    ring.put(told -> resyncing = false);
    putAll(objects, object -> told -> told.onUpdate(object, object));
  }

  /** Whether a resync is waiting whose delivery has not begun. */
  boolean isResyncing() {
    return resyncing;
  }

  /** Records that everything of the first list was added. */
  void putSynced() {
    ring.put(
        told -> {
          synced = true;
          told.onSynced();
        });
  }

  boolean hasSynced() {
    return synced;
  }

  private void run() {
    while (true) {
      try {
        List<Notice<V>> notices = ring.takeAll();
        if (notices == null) {
          return;
        }
        for (Notice<V> notice : notices) {
          if (!tell(notice)) {
            return;
          }
        }
      } catch (InterruptedException e) {
        log.debug("{}: interrupted", name); // only closing the ring ends the thread
      }
    }
  }

  /** Delivers a notification, with retries. Returns false if the listener was closed. */
  private boolean tell(Notice<V> notice) {
    for (int i = 1; !pause.isClosed(); i++) {
      try {
        notice.deliverTo(listener);
        if (failing) {
          failing = false;
          log.info("{}: the listener works again", name);
        }
        return true;
      } catch (Throwable e) { // An error of the listener must not end its thread.
        failed(e, i);
        if (i == TRIES) {
          return true;
        }
      }
      try {
        pause.await(FIRST_PAUSE.multipliedBy(1L << (i - 1)));
      } catch (InterruptedException e) {
        log.debug(
            "{}: interrupted", name); // interrupted by the listener itself; retries immediately
      }
    }
    return false;
  }

  private void failed(Throwable error, int tries) {
    errors.inc(name);
    if (tries == TRIES) {
      dropped.inc(name);
      log.debug("{}: a change failed {} times and is skipped", name, TRIES, error);
    } else if (!failing) {
      failing = true;
      log.warn(
          "{}: the listener failed; a change is tried {} times and then skipped",
          name,
          TRIES,
          error);
    }
  }

  /** Drops waiting notifications and ends the thread. */
  void close() {
    ring.close();
    pause.close();
    if (Thread.currentThread() != thread) {
      Uninterruptibles.joinUninterruptibly(thread);
    }
  }
}
