package io.promdisco.discovery;

import static io.promdisco.discovery.GroupFixtures.gone;
import static io.promdisco.discovery.GroupFixtures.group;
import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.metrics.Metrics;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.model.TargetSetListener;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.ManualTicker;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class UpdateSenderTest {
  private static final Duration MILLI = Duration.ofMillis(1);

  private final ManualTicker clock = new ManualTicker();
  private final CollectorRegistry registry = new CollectorRegistry();
  private final Metrics metrics = new PrometheusMetrics(registry);
  private final TargetPool pool = new TargetPool();
  private final UpdateFollower follower = new UpdateFollower();
  private final AtomicInteger done = new AtomicInteger();
  private @Nullable UpdateSender sender;

  @AfterEach
  void close() {
    if (sender != null) {
      sender.close();
    }
  }

  private UpdateSender start(TargetSetListener channel) {
    pool.configure(1, Map.of("web", List.of("k/0")), Set.of());
    UpdateSender made =
        new UpdateSender(pool, channel, clock, metrics, () -> done::incrementAndGet);
    sender = made;
    made.start();
    made.wake();
    return made;
  }

  private void put(UpdateSender to, String source, String... addresses) {
    pool.update("k/0", List.of(group(source, addresses)));
    to.wake();
  }

  private void awaitSends(int count) {
    eventually(() -> assertThat(done).hasValue(count));
  }

  private double total(String name) {
    Double value = registry.getSampleValue(name, new String[] {"name"}, new String[] {"scrape"});
    return value == null ? 0 : value;
  }

  private @Nullable Double discovered(String job) {
    return registry.getSampleValue(
        "prometheus_sd_discovered_targets",
        new String[] {"name", "config"},
        new String[] {"scrape", job});
  }

  @Test
  void theFirstChangeAfterAPauseIsSentImmediately() {
    UpdateSender running = start(follower);
    awaitSends(1);
    clock.advance(UpdateSender.PAUSE);

    put(running, "a", "1:1");
    awaitSends(2); // The clock does not advance.
    assertThat(clock.pending()).isEmpty();
    assertThat(follower.groups("web")).containsExactly(group("a", "1:1"));
    assertThat(total("prometheus_sd_updates_delayed_total")).isZero();
  }

  @Test
  void steadyChangesAreCollectedForAtMost40Milliseconds() throws InterruptedException {
    UpdateSender running = start(follower);
    awaitSends(1);
    clock.advance(Duration.ofMillis(30));

    put(running, "a", "1:1");
    clock.awaitAlarms(1);
    assertThat(clock.pending()).containsExactly(Duration.ofMillis(10));
    put(running, "a", "1:2");
    put(running, "b", "2:1");
    clock.advance(Duration.ofMillis(9));
    assertThat(clock.pending()).containsExactly(MILLI);
    assertThat(follower.calls()).isEqualTo(1);

    clock.advance(MILLI);
    eventually(() -> assertThat(follower.calls()).isEqualTo(2));
    assertThat(follower.last().get(0).changes())
        .isEqualTo(Map.of("k/0", List.of(group("a", "1:2"), group("b", "2:1"))));
    assertThat(total("prometheus_sd_updates_delayed_total")).isEqualTo(1);
    awaitSends(2);
    assertThat(clock.pending()).isEmpty(); // One pause for all three.
  }

  @Test
  void furtherChangesAreSentAfterAPause() throws InterruptedException {
    UpdateSender running = start(follower);
    awaitSends(1);
    for (int i = 0; i < 5; i++) {
      put(running, "a", "host:" + i);
      clock.awaitAlarms(1);
      clock.advance(UpdateSender.PAUSE);
      awaitSends(i + 2);
      assertThat(follower.groups("web")).containsExactly(group("a", "host:" + i));
    }
    assertThat(follower.calls()).isEqualTo(6);
    assertThat(total("prometheus_sd_updates_total")).isEqualTo(6);
  }

  @Test
  void wakeUpWithoutAChangeSendsNothingAndDelaysNothing() {
    UpdateSender running = start(follower);
    awaitSends(1);
    clock.advance(UpdateSender.PAUSE);
    running.wake();
    awaitSends(2);
    assertThat(follower.calls()).isEqualTo(1);
    assertThat(total("prometheus_sd_updates_total")).isEqualTo(1);
    put(running, "a", "1:1");
    awaitSends(3); // The clock does not advance.
    assertThat(follower.calls()).isEqualTo(2);
  }

  @Test
  void slowListenerDelaysNoOtherAndThenGetsTheNewestStateOnly() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    UpdateSender running =
        start(
            updates -> {
              entered.countDown();
              await(go);
              follower.onUpdates(updates);
            });
    await(entered);
    for (int i = 0; i < 1000; i++) {
      put(running, "a", "host:" + i); // Returns although the channel is blocked.
    }
    clock.advance(UpdateSender.PAUSE);
    assertThat(follower.calls()).isZero();
    go.countDown();
    awaitSends(2);
    assertThat(follower.last().get(0).changes())
        .isEqualTo(Map.of("k/0", List.of(group("a", "host:999"))));
  }

  @Test
  void whatAChannelRefusesIsSentAgain() throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    UpdateSender running =
        start(
            updates -> {
              switch (calls.incrementAndGet()) {
                case 2 -> throw new IllegalStateException("a refusal, on purpose");
                case 3 -> throw new AssertionError("an error, on purpose");
                default -> follower.onUpdates(updates);
              }
            });
    awaitSends(1);
    clock.advance(UpdateSender.PAUSE);
    pool.update("k/0", List.of(group("a", "1:1"), group("b", "2:1")));
    try (CapturedLog log = new CapturedLog()) {
      running.wake();
      clock.awaitAlarms(1);
      assertThat(clock.pending()).containsExactly(UpdateSender.RETRY);
      assertThat(follower.groups("web")).isEmpty();

      clock.advance(UpdateSender.RETRY);
      clock.awaitAlarms(1);
      pool.update("k/0", List.of(gone("a")));
      clock.advance(UpdateSender.RETRY);
      awaitSends(2);
      assertThat(log.lines("ERROR", "was rejected")).hasSize(1); // Not one for each try.
      assertThat(log.lines("INFO", "accepted again")).hasSize(1);
    }
    assertThat(follower.groups("web")).containsExactly(group("b", "2:1"));
    assertThat(follower.last().get(0).changes().get("k/0"))
        .containsExactlyInAnyOrder(gone("a"), group("b", "2:1"));
    assertThat(calls).hasValue(4);
    assertThat(total("promdisco_sd_sends_failed_total")).isEqualTo(2);
    assertThat(total("prometheus_sd_updates_total")).isEqualTo(2);
  }

  @Test
  void discoveredTargetsAreShownForAJobAsLongAsItIsThere() {
    UpdateSender running = start(follower);
    awaitSends(1);
    assertThat(discovered("web")).isEqualTo(0);
    clock.advance(UpdateSender.PAUSE);
    put(running, "a", "1:1", "1:2");
    awaitSends(2);
    assertThat(discovered("web")).isEqualTo(2);

    clock.advance(UpdateSender.PAUSE);
    pool.configure(2, Map.of(), Set.of());
    running.wake();
    awaitSends(3);
    assertThat(follower.last()).containsExactly(TargetSetUpdate.removal("web"));
    assertThat(discovered("web")).isNull();
  }

  @Test
  void closedSenderLeavesNoSeriesAndSendsNothing() throws InterruptedException {
    UpdateSender running = start(follower);
    awaitSends(1);
    put(running, "a", "1:1");
    clock.awaitAlarms(1); // It is collecting.
    running.close();
    assertThat(follower.calls()).isEqualTo(1);
    assertThat(clock.pending()).isEmpty();
    assertThat(discovered("web")).isNull();
    running.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
