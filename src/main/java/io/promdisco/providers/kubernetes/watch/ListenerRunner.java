package io.promdisco.providers.kubernetes.watch;

import com.google.common.util.concurrent.Uninterruptibles;
import io.promdisco.metrics.Metrics;
import io.promdisco.util.GrowingRing;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one listener what changed, from a growing buffer and on a thread of its own, {@code
 * sd-listen-<name>}, so that a slow one holds up nobody.
 */
final class ListenerRunner<V> {
  private static final int TRIES = 6;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
  private static final Logger log = LoggerFactory.getLogger(ListenerRunner.class);

  /** Something to tell. */
  @FunctionalInterface
  interface Notice<V> {
    void tell(ObjectListener<? super V> listener);
  }

  private final String name;
  private final ObjectListener<? super V> listener;
  private final GrowingRing<Notice<V>> ring = new GrowingRing<>();
  private final Pause pause;
  private final Metrics.Counter errors;
  private final Thread thread;
  private volatile boolean synced; // written by its own thread

  ListenerRunner(String name, ObjectListener<? super V> listener, Ticker ticker, Metrics metrics) {
    this.name = name;
    this.listener = listener;
    pause = new Pause(ticker);
    errors =
        metrics.counter(
            "promdisco_kubernetes_listener_errors_total", "Errors that listeners threw.", "name");
    thread = NamedThreads.start("sd-listen-" + name, this::run);
  }

  /** Adds something to tell; never blocks. */
  void put(Notice<V> notice) {
    ring.put(notice);
  }

  /** Everything of the first list has been put. */
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
    try {
      for (@Nullable Notice<V> notice = ring.take(); notice != null; notice = ring.take()) {
        tell(notice);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Closed.
    }
  }

  private void tell(Notice<V> notice) throws InterruptedException {
    for (int i = 1; ; i++) {
      try {
        notice.tell(listener);
        return;
      } catch (RuntimeException e) {
        errors.inc(name);
        if (i == TRIES) {
          log.error("{}: a change failed {} times and is left out", name, TRIES, e);
          return;
        }
        log.debug("{}: a change failed and is tried again", name, e);
      }
      if (!pause.await(FIRST_PAUSE.multipliedBy(1L << (i - 1)))) {
        return;
      }
    }
  }

  /** Drops what waits and ends the thread. */
  void close() {
    ring.close();
    pause.close();
    if (Thread.currentThread() != thread) {
      Uninterruptibles.joinUninterruptibly(thread);
    }
  }
}
