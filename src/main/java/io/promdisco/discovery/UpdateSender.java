package io.promdisco.discovery;

import com.google.common.util.concurrent.Uninterruptibles;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.SyncChannel;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what changed out of the pool and hands it on, on its own thread {@code sd-send}. The first
 * change after a quiet spell leaves at once; after that changes collect for up to 100 ms.
 */
final class UpdateSender implements AutoCloseable {
  /** Shortest time between two sends, and so the longest that a change waits. */
  static final Duration PAUSE = Duration.ofMillis(100);

  /** The label value that Prometheus gives the manager of scrape targets. */
  private static final String NAME = "scrape";

  private static final Logger log = LoggerFactory.getLogger(UpdateSender.class);

  private final TargetPool pool;
  private final SyncChannel channel;
  private final Ticker ticker;
  private final Supplier<Runnable> beforeSend;
  private final Trigger trigger = new Trigger();
  private final Trigger pause = new Trigger();
  private final Metrics.Counter sent;
  private final Metrics.Counter delayed;
  private final Metrics.Counter failed;
  private final Metrics.Gauge discovered;
  private final TreeSet<String> known = new TreeSet<>(); // jobs with a gauge; by sd-send
  private @Nullable Thread thread; // by the one who starts and closes

  /**
   * A sender that has not been started.
   *
   * @param beforeSend called before each send; what it returns is called when that send is done
   */
  UpdateSender(
      TargetPool pool,
      SyncChannel channel,
      Ticker ticker,
      Metrics metrics,
      Supplier<Runnable> beforeSend) {
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
            "Number of update events that could not be sent to the SD consumers.",
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
          sleep(Duration.ofNanos(early));
        }
        ready = ticker.nanos() + PAUSE.toNanos();
        send();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Closed while it waited.
    }
  }

  private void sleep(Duration time) throws InterruptedException {
    Ticker.Alarm alarm = ticker.schedule(time, pause::signal);
    try {
      pause.await();
    } finally {
      alarm.cancel();
    }
  }

  private void send() {
    Runnable afterSend = beforeSend.get();
    List<TargetSetUpdate> updates = pool.drain();
    try {
      if (!updates.isEmpty()) {
        channel.onUpdates(updates);
        sent.inc(NAME);
        count();
      }
    } catch (RuntimeException e) {
      failed.inc(NAME);
      log.error(
          "a change of {} target sets was not taken; it is sent again with the next one",
          updates.size(),
          e);
      pool.putBack(updates);
      ticker.schedule(Duration.ofSeconds(1), trigger::signal);
      return;
    }
    afterSend.run();
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

  /** Ends the thread; a send that is under way is finished first. */
  @Override
  public void close() {
    trigger.close();
    pause.close();
    if (thread != null) {
      Uninterruptibles.joinUninterruptibly(thread);
    }
  }
}
