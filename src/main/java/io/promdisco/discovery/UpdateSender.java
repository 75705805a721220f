package io.promdisco.discovery;

import com.google.common.util.concurrent.Uninterruptibles;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.TargetSetListener;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Nouns;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Takes changes out of the pool and passes them on, on its thread {@code sd-send}. The first change
 * after a pause is sent immediately; after that, changes are collected for up to 40 ms.
 */
final class UpdateSender implements AutoCloseable {
  /** The minimum time between two sends, and so the maximum time that a change waits. */
  static final Duration PAUSE = Duration.ofMillis(40);

  /** When a rejected send is retried, if no change comes before. */
  static final Duration RETRY = Duration.ofSeconds(1);

  /** The label value that Prometheus uses for the manager of scrape targets. */
  private static final String NAME = "scrape";

  private static final Logger log = EscapingLogger.of(UpdateSender.class);

  private final TargetPool pool;
  private final TargetSetListener channel;
  private final Ticker ticker;
  private final Supplier<Send> beforeSend;
  private final WakeUpSignal trigger = new WakeUpSignal();
  private final WakeUpSignal pause = new WakeUpSignal();
  private final Metrics.Counter sent;
  private final Metrics.Counter delayed;
  private final Metrics.Counter failed;
  private final Metrics.Gauge discovered;
  private final TreeSet<String> known = new TreeSet<>(); // the jobs with a gauge; used by sd-send
  private boolean refused; // whether the channel rejected the last send; used by sd-send
  private @Nullable Thread thread; // used by the thread that starts and closes

  /** Receives the result of one send. */
  @FunctionalInterface
  interface Send {
    /** Called before the channel gets the updates. */
    default void drained(TargetPool.Drain drain) {}

    /**
     * Called when the channel has accepted the updates.
     *
     * @param pending the jobs for which they are not in force yet
     */
    default void handedOver(Set<String> pending) {}

    /** Called when the updates of all jobs are in force. */
    void inForce();
  }

  /**
   * Creates a sender that is not started.
   *
   * @param beforeSend called before each send; its result is notified of that send
   */
  UpdateSender(
      TargetPool pool,
      TargetSetListener channel,
      Ticker ticker,
      Metrics metrics,
      Supplier<Send> beforeSend) {
    this.pool = pool;
    this.channel = channel;
    this.ticker = ticker;
    this.beforeSend = beforeSend;
    sent =
        metrics.counter(
            "prometheus_sd_updates_total",
            "Number of update events sent to the SD consumers.",
            "name");
    delayed =
        metrics.counter(
            "prometheus_sd_updates_delayed_total",
            "Number of update events that could not be sent to the SD consumers at once.",
            "name");
    failed =
        metrics.counter(
            "promdisco_sd_sends_failed_total", "Sends that the consumer rejected.", "name");
    discovered =
        metrics.gauge(
            "prometheus_sd_discovered_targets",
            "Current number of discovered targets.",
            "name",
            "config");
  }

  void start() {
    thread = NamedThreads.start("sd-send", this::run);
  }

  /** Reports a change in the pool. */
  void wake() {
    trigger.signal();
  }

  private void run() {
    long ready = ticker.nanos();
    try {
      while (trigger.await()) {
        long early = ready - ticker.nanos();
        if (early > 0) {
          delayed.inc(NAME);
          if (!sleep(Duration.ofNanos(early))) {
            break;
          }
          trigger.clear(); // Changes during the pause are included in this send.
        }
        long now = ticker.nanos();
        if (send()) {
          ready = now + PAUSE.toNanos();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      log.warn("interrupted; sends no more changes", e);
    } finally {
      known.forEach(job -> discovered.remove(NAME, job));
    }
  }

  /** Returns false if the sender was closed meanwhile. */
  private boolean sleep(Duration time) throws InterruptedException {
    Ticker.Alarm alarm = ticker.schedule(time, pause::signal);
    try {
      return pause.await();
    } finally {
      alarm.cancel();
    }
  }

  /**
   * Returns false if there was nothing to send. Catches every exception, even OutOfMemoryError, so
   * that the thread continues.
   */
  private boolean send() {
    try {
      return sendOnce();
    } catch (Throwable e) {
      failed.inc(NAME);
      log.error("changes of target sets could not be sent; all targets are sent again", e);
      pool.markAll();
      ticker.schedule(RETRY, trigger::signal);
      return true;
    }
  }

  private boolean sendOnce() {
    Send send = beforeSend.get();
    TargetPool.Drain drain = pool.drain();
    send.drained(drain);
    boolean something = !drain.updates().isEmpty();
    if (something) {
      if (!taken(drain.updates())) {
        pool.putBack(drain);
        ticker.schedule(RETRY, trigger::signal);
        return true;
      }
      sent.inc(NAME);
      count();
    }
    send.handedOver(channel.pendingJobs());
    channel.whenInForce(send::inForce);
    return something;
  }

  /** Passes {@code updates} on. No exception of the channel may end this thread. */
  private boolean taken(List<TargetSetUpdate> updates) {
    try {
      channel.onUpdates(updates);
    } catch (RuntimeException | Error e) {
      failed.inc(NAME);
      if (!refused) {
        log.error(
            "a change of {} was rejected; it is sent again until it is accepted",
            Nouns.count(updates.size(), "target set"),
            e);
      }
      refused = true;
      return false;
    }
    if (refused) {
      log.info("changes of target sets are accepted again");
    }
    refused = false;
    return true;
  }

  private void count() {
    Map<String, Integer> targets = pool.targetsBySet();
    targets.forEach((job, number) -> discovered.set(number, NAME, job));
    known.removeIf(
        job -> {
          boolean gone = !targets.containsKey(job);
          if (gone) {
            discovered.remove(NAME, job);
          }
          return gone;
        });
    known.addAll(targets.keySet());
  }

  /** Ends the thread. A running send is completed first, unless it is the caller. */
  @Override
  public void close() {
    trigger.close();
    pause.close();
    if (thread != null && thread != Thread.currentThread()) {
      Uninterruptibles.joinUninterruptibly(thread);
    }
  }
}
