package io.promdisco.scrape;

import io.promdisco.util.EscapingLogger;
import io.promdisco.util.GrowingRing;
import io.promdisco.util.NamedThreads;
import java.util.function.Consumer;
import org.slf4j.Logger;

/** Tells one listener of changes, in order, on a thread of its own. */
final class ListenerThread implements TargetListener.Registration {
  private static final Logger log = EscapingLogger.of(ListenerThread.class);

  private final TargetListener listener;
  private final String name;
  private final ScrapeMetrics metrics;
  private final Consumer<ListenerThread> onClose;
  private final GrowingRing<TargetChange> waiting = new GrowingRing<>();

  ListenerThread(
      TargetListener listener,
      int number,
      ScrapeMetrics metrics,
      Consumer<ListenerThread> onClose) {
    this.listener = listener;
    this.name = "sd-listener-" + number;
    this.metrics = metrics;
    this.onClose = onClose;
  }

  void start() {
    NamedThreads.start(name, this::run);
  }

  /** Puts a change behind those that wait; never blocks. */
  void put(TargetChange change) {
    waiting.put(change);
  }

  @Override
  public void close() {
    onClose.accept(this);
    waiting.close();
  }

  private void run() {
    boolean failing = false;
    try {
      for (TargetChange change = waiting.take(); change != null; change = waiting.take()) {
        failing = !tell(change, failing);
      }
    } catch (InterruptedException e) {
      // Somebody wants the listener's thread to end.
      Thread.currentThread().interrupt();
      close();
    }
  }

  /** Whether it went well. */
  private boolean tell(TargetChange change, boolean failing) {
    try {
      listener.onChange(change);
      return true;
    } catch (RuntimeException | Error e) {
      metrics.listenerFailed();
      if (!failing) {
        log.warn("{}: a target listener threw, it is called again with the next change", name, e);
      }
      return false;
    }
  }
}
