package io.promdisco;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.config.Configuration;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.discovery.TargetSink;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.scrape.CloseResult;
import io.promdisco.scrape.TargetChange;
import io.promdisco.scrape.TargetListener;
import io.promdisco.testing.CapturedLog;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What listeners receive, and when, until the end. */
@Timeout(120)
class ListeningTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final String COMPLETE = "complete";

  private final ManualSource source = new ManualSource();
  private final CollectorRegistry registry = new CollectorRegistry();
  private final Promdisco promdisco =
      Promdisco.builder()
          .source(source)
          .metrics(new PrometheusMetrics(registry))
          .closeTimeout(LONG)
          .build();
  private final Recorder recorder = new Recorder();

  @AfterEach
  void close() {
    recorder.release.countDown();
    promdisco.close();
  }

  @Test
  void awaitSyncedWaitsUntilEveryListenerHasTheInitialState() throws Exception {
    recorder.block();
    promdisco.listen(recorder);
    Recorder quick = new Recorder();
    promdisco.listen(quick);
    promdisco.apply(jobs("a", "h:1", "h:2"));
    recorder.entered.await();

    assertThat(promdisco.awaitSynced(SHORT)).isFalse();
    assertThat(promdisco.pool("a").orElseThrow().counts().active()).isEqualTo(2);
    recorder.release.countDown();
    assertThat(promdisco.awaitSynced(LONG)).isTrue();

    assertThat(recorder.told).containsExactly("+h:1", "+h:2", COMPLETE);
    assertThat(quick.told).containsExactly("+h:1", "+h:2", COMPLETE);
    assertThat(promdisco.awaitSynced(Duration.ZERO)).isTrue();
  }

  @Test
  void awaitSyncedAfterAReloadWaitsUntilTheListenersKnowTheNewState() throws Exception {
    promdisco.listen(recorder);
    promdisco.apply(jobs("a", "h:1"));
    assertThat(promdisco.awaitSynced(LONG)).isTrue();
    promdisco.apply(jobs("a", "h:1", "h:2"));
    assertThat(promdisco.awaitSynced(LONG)).isTrue();
    assertThat(recorder.told).containsExactly("+h:1", COMPLETE, "+h:2");
  }

  @Test
  void beforeTheFirstConfigurationNothingIsSynced() throws Exception {
    promdisco.listen(recorder);
    assertThat(promdisco.awaitSynced(Duration.ZERO)).isFalse();
    assertThat(promdisco.awaitSynced(Duration.ofSeconds(-1))).isFalse();
    assertThat(recorder.told).isEmpty();
  }

  @Test
  void theInitialStateIsCompleteEvenWithoutTargetsOrJobs() throws Exception {
    promdisco.listen(recorder);
    promdisco.apply(Configuration.of());
    assertThat(promdisco.awaitSynced(LONG)).isTrue();
    promdisco.apply(Configuration.of(ScrapeConfig.builder("a").build()));
    assertThat(promdisco.awaitSynced(LONG)).isTrue();
    assertThat(recorder.told).containsExactly(COMPLETE);
  }

  @Test
  void aListenerAddedLaterGetsAllTargetsAndThatTheyAreComplete() throws Exception {
    promdisco.apply(jobs("a", "h:1"));
    assertThat(promdisco.awaitSynced(LONG)).isTrue();
    promdisco.listen(recorder);
    assertThat(promdisco.awaitSynced(LONG)).isTrue();
    assertThat(recorder.told).containsExactly("+h:1", COMPLETE);
  }

  @Test
  void theInitialStateIsNotCompleteBeforeTheSlowestSourceHasDelivered() throws Exception {
    promdisco.listen(recorder);
    promdisco.apply(manual(jobs("a", "h:1"), "slow"));
    TargetSink sink = source.sink("slow");
    assertThat(promdisco.awaitSynced(SHORT)).isFalse();
    Recorder late = new Recorder();
    promdisco.listen(late);
    eventually(() -> assertThat(late.told).containsExactly("+h:1"));
    sink.synced();
    assertThat(promdisco.awaitSynced(LONG)).isTrue();
    assertThat(recorder.told).containsExactly("+h:1", COMPLETE);
    assertThat(late.told).containsExactly("+h:1", COMPLETE);
  }

  @Test
  void aSourceThatCannotBeStartedIsNotWaitedFor() throws Exception {
    promdisco.listen(recorder);
    promdisco.apply(manual(jobs("a", "h:1"), ManualSource.REFUSED));
    assertThat(promdisco.awaitSynced(LONG)).isTrue();
    assertThat(recorder.told).containsExactly("+h:1", COMPLETE);
  }

  @Test
  void awaitSyncedOfAListenerThrowsInsteadOfWaitingForItself() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    promdisco.listen(
        change -> {
          try {
            promdisco.awaitSynced(LONG);
          } catch (IllegalStateException | InterruptedException e) {
            thrown.set(e);
          }
        });
    promdisco.apply(jobs("a", "h:1"));
    assertThat(promdisco.awaitSynced(LONG)).isTrue();
    assertThat(thrown.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("called by a listener");
  }

  @Test
  void aListenerThatThrowsOrInterruptsItsThreadGetsTheRest() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    promdisco.listen(
        change -> {
          told.add(change.job());
          Thread.currentThread().interrupt();
          throw new IllegalStateException("on purpose");
        });
    promdisco.apply(jobs("a", "h:1"));
    assertThat(promdisco.awaitSynced(LONG)).isTrue();
    promdisco.apply(jobs("b", "h:1"));
    assertThat(promdisco.awaitSynced(LONG)).isTrue();
    assertThat(told).startsWith("a").containsExactlyInAnyOrder("a", "a", "b");
  }

  @Test
  void theDepthOfAListenersQueueIsAMetric() throws Exception {
    recorder.block();
    promdisco.listen(recorder);
    promdisco.apply(jobs("a", "h:1"));
    recorder.entered.await();
    promdisco.apply(jobs("a", "h:1", "h:2", "h:3"));
    eventually(() -> assertThat(waiting()).isEqualTo(2));
    promdisco.apply(jobs("a", "h:1", "h:2"));
    eventually(() -> assertThat(waiting()).isEqualTo(1));
    assertThat(registry.getSampleValue("promdisco_target_listener_coalesced_total")).isEqualTo(1);
    recorder.release.countDown();
    assertThat(promdisco.awaitSynced(LONG)).isTrue();
    assertThat(waiting()).isZero();
    promdisco.close();
    assertThat(waiting()).isNull();
    assertThat(recorder.told).startsWith("+h:1");
    assertThat(recorder.told).containsExactlyInAnyOrder("+h:1", COMPLETE, "+h:2");
  }

  private Double waiting() {
    return registry.getSampleValue(
        "promdisco_target_listener_waiting",
        new String[] {"listener"},
        new String[] {"sd-listener-0"});
  }

  @Test
  void closeDeliversWhatWaits() throws Exception {
    recorder.block();
    promdisco.listen(recorder);
    promdisco.apply(jobs("a", "h:1"));
    recorder.entered.await();
    promdisco.apply(jobs("b", "h:2"));
    eventually(() -> assertThat(waiting()).isEqualTo(2));
    CompletableFuture<CloseResult> closing =
        CompletableFuture.supplyAsync(() -> promdisco.close(LONG));
    eventually(
        () ->
            assertThatThrownBy(() -> promdisco.awaitSynced(Duration.ZERO))
                .isInstanceOf(IllegalStateException.class));
    assertThat(closing).isNotDone();
    recorder.release.countDown();
    assertThat(closing.get()).isEqualTo(CloseResult.COMPLETE);
    assertThat(recorder.told).startsWith("+h:1");
    assertThat(recorder.told).containsExactlyInAnyOrder("+h:1", COMPLETE, "+h:2", "-h:1");
  }

  @Test
  void closeDropsWhatWaitsAfterItsLimitAndInterruptsTheListener() throws Exception {
    recorder.block();
    promdisco.listen(recorder);
    promdisco.apply(jobs("a", "h:1"));
    recorder.entered.await();
    promdisco.apply(jobs("b", "h:2", "h:3"));
    eventually(() -> assertThat(waiting()).isEqualTo(3));
    CloseResult result;
    try (CapturedLog log = new CapturedLog()) {
      result = promdisco.close(SHORT);
      assertThat(log.lines("WARN"))
          .anyMatch(
              line -> line.contains("2 added, 0 changed and 1 removed targets were not delivered"));
    }
    assertThat(result).isEqualTo(new CloseResult(2, 0, 1, 1));
    assertThat(result.isComplete()).isFalse();
    assertThat(recorder.interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(promdisco.close(LONG)).isEqualTo(result);
  }

  @Test
  void aClosedQueueAcceptsNothing() throws Exception {
    promdisco.apply(jobs("a", "h:1"));
    assertThat(promdisco.awaitSynced(LONG)).isTrue();
    promdisco.close();
    promdisco.close();
    assertThatThrownBy(() -> promdisco.apply(jobs("a")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> promdisco.listen(recorder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> promdisco.awaitSynced(LONG))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(promdisco.pools()).isEmpty();
    assertThat(promdisco.pool("a")).isEmpty();
    assertThat(promdisco.providers()).hasSize(1);
  }

  @Test
  void aListenerCanCloseTheInstanceThatCallsIt() throws Exception {
    CompletableFuture<CloseResult> result = new CompletableFuture<>();
    promdisco.listen(change -> result.complete(promdisco.close(LONG)));
    promdisco.listen(recorder);
    promdisco.apply(jobs("a", "h:1"));
    assertThat(result.get()).isEqualTo(CloseResult.COMPLETE);
    assertThat(recorder.told).contains("+h:1");
  }

  @Test
  void aListenerMayCloseWhileAnotherThreadCloses() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<CloseResult> ofListener = new CompletableFuture<>();
    promdisco.listen(
        change -> {
          entered.countDown();
          await(go);
          ofListener.complete(promdisco.close(LONG));
        });
    promdisco.apply(jobs("a", "h:1"));
    entered.await();
    CompletableFuture<CloseResult> first =
        CompletableFuture.supplyAsync(() -> promdisco.close(LONG));
    CompletableFuture<CloseResult> second =
        CompletableFuture.supplyAsync(() -> promdisco.close(LONG));
    eventually(
        () ->
            assertThatThrownBy(() -> promdisco.awaitSynced(Duration.ZERO))
                .isInstanceOf(IllegalStateException.class));
    go.countDown();
    assertThat(ofListener.get()).isEqualTo(CloseResult.COMPLETE);
    assertThat(first.get()).isEqualTo(CloseResult.COMPLETE);
    assertThat(second.get()).isEqualTo(CloseResult.COMPLETE);
  }

  @Test
  void closingEndsWaitingForTheSync() throws Exception {
    promdisco.apply(manual(jobs("a"), "slow"));
    CompletableFuture<Boolean> waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return promdisco.awaitSynced(Duration.ofDays(1_000_000));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    source.sink("slow");
    promdisco.close();
    try {
      assertThat(waiting.get()).isFalse();
    } catch (ExecutionException e) { // It had not started to wait.
      assertThat(e).hasRootCauseInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aClosedRegistrationIsNotWaitedFor() throws Exception {
    recorder.block();
    TargetListener.Registration registration = promdisco.listen(recorder);
    promdisco.apply(jobs("a", "h:1"));
    recorder.entered.await();
    registration.close();
    assertThat(promdisco.awaitSynced(LONG)).isTrue();
  }

  @Test
  @SuppressWarnings("NullAway") // on purpose
  void nullIsRefusedAtOnce() {
    assertThatThrownBy(() -> promdisco.apply(null)).hasMessage("configuration");
    assertThatThrownBy(() -> promdisco.listen(null)).hasMessage("listener");
    assertThatThrownBy(() -> promdisco.awaitSynced(null)).hasMessage("timeout");
    assertThatThrownBy(() -> promdisco.pool(null)).hasMessage("job");
    assertThatThrownBy(() -> promdisco.close(null)).hasMessage("limit");
    assertThatThrownBy(() -> Promdisco.builder().metrics(null)).hasMessage("metrics");
    assertThatThrownBy(() -> Promdisco.builder().source(null)).hasMessage("factory");
    assertThatThrownBy(() -> Promdisco.builder().closeTimeout(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Configuration jobs(String job, String... targets) {
    return Configuration.of(ScrapeConfig.builder(job).staticTargets(targets).build());
  }

  /** Returns the configuration with one more job, whose source the test controls. */
  private static Configuration manual(Configuration configuration, String name) {
    List<ScrapeConfig> jobs = new ArrayList<>(configuration.jobs());
    jobs.add(ScrapeConfig.builder("manual").sdConfig(new ManualSource.Config(name)).build());
    return Configuration.of(jobs);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Records what it receives; blocks in each call if requested. */
  private static final class Recorder implements TargetListener {
    final List<String> told = new CopyOnWriteArrayList<>();
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);
    volatile CountDownLatch release = new CountDownLatch(0);

    void block() {
      release = new CountDownLatch(1);
    }

    @Override
    public void onChange(TargetChange change) {
      entered.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        interrupted.countDown();
        return;
      }
      change.added().forEach(target -> told.add("+" + target.address()));
      change.removed().forEach(target -> told.add("-" + target.address()));
    }

    @Override
    public void onInitialStateComplete() {
      told.add(COMPLETE);
    }
  }
}
