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
 * Takes what changed out of the pool and hands it on, on its own thread {@code sd-send}. The first
 * change after a quiet spell leaves at once; after that changes collect for up to 40 ms.
 */
final class UpdateSender implements AutoCloseable {
  /** Shortest time between two sends, and so the longest that a change waits. */
  static final Duration PAUSE = Duration.ofMillis(40);

  /** When a send that was not taken is tried again, if no change comes before. */
  static final Duration RETRY = Duration.ofSeconds(1);

  /** The label value that Prometheus gives the manager of scrape targets. */
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
  private final TreeSet<String> known = new TreeSet<>(); // jobs with a gauge; by sd-send
  private boolean refused; // the channel did not take the last send; by sd-send
  private @Nullable Thread thread; // by the one who starts and closes

  /** Is told what becomes of one send. */
  @FunctionalInterface
  interface Send {
    /** The channel is about to be given the updates. */
    default void drained(TargetPool.Drain drain) {}

    /**
     * The channel has accepted the updates.
     *
     * @param pending the jobs of which they are not in force yet
     */
    default void handedOver(Set<String> pending) {}

    /** The updates of all jobs are in force. */
    void inForce();
  }

  /**
   * A sender that has not been started.
   *
   * @param beforeSend called before each send; what it returns is told of that send
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
            "promdisco_sd_sends_failed_total", "Sends that the consumer did not take.", "name");
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

  /** Something in the pool changed. */
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
          trigger.clear(); // What woke it during the pause is sent now.
        }
        long now = ticker.nanos();
        if (send()) {
          ready = now + PAUSE.toNanos();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      log.warn("interrupted; no more changes are sent", e);
    } finally {
      known.forEach(job -> discovered.remove(NAME, job));
    }
  }

  /** False if the sender was closed meanwhile. */
  private boolean sleep(Duration time) throws InterruptedException {
    Ticker.Alarm alarm = ticker.schedule(time, pause::signal);
    try {
      return pause.await();
    } finally {
      alarm.cancel();
    }
  }

  /**
   * Returns false if there was nothing to send. Catches everything, even a lack of memory, so that
   * the thread continues.
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

  /** Hands {@code updates} on. Nothing that the channel throws may end this thread. */
  private boolean taken(List<TargetSetUpdate> updates) {
    try {
      channel.onUpdates(updates);
    } catch (RuntimeException | Error e) {
      failed.inc(NAME);
      if (!refused) {
        log.error(
            "a change of {} was not taken; it is sent again until it is",
            Nouns.count(updates.size(), "target set"),
            e);
      }
      refused = true;
      return false;
    }
    if (refused) {
      log.info("changes of target sets are taken again");
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

  /** Ends the thread; a send that is under way is finished first, unless it is the caller. */
  @Override
  public void close() {
    trigger.close();
    pause.close();
    if (thread != null && thread != Thread.currentThread()) {
      Uninterruptibles.joinUninterruptibly(thread);
    }
  }
}
