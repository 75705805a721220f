package io.promdisco.providers.refresh;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.discovery.Discoverer;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.testing.ExpectsErrors;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.MemorySink;
import io.promdisco.util.SourceMemory;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RefreshLoopTest {
  private static final Duration INTERVAL = Duration.ofSeconds(30);
  private static final String[] LABELS = {"mechanism", "config"};
  private static final String[] VALUES = {"http", "shop"};

  private final ManualTicker ticker = new ManualTicker();
  private final CollectorRegistry registry = new CollectorRegistry();
  private final RandomGenerator shortest = () -> 0;
  private final RefreshLoop loop =
      new RefreshLoop(ticker, new PrometheusMetrics(registry), shortest);
  private final MemorySink sink = new MemorySink("shop");
  private final Script script = new Script();

  /** Answers what the test has put in, and waits while there is nothing. */
  private static final class Script implements Refresher {
    /** What a refresh does. */
    private interface Answer {
      RefreshResult get() throws IOException;
    }

    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    @Override
    public RefreshResult refresh() throws IOException, InterruptedException {
      looks.incrementAndGet();
      try {
        return answers.take().get();
      } catch (InterruptedException e) {
        interrupted.countDown();
        throw e;
      }
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }

    Script found(TargetGroup... groups) {
      answers.add(() -> new RefreshResult(List.of(groups), Optional.empty()));
      return this;
    }

    Script fails(String why) {
      answers.add(
          () -> {
            throw new IOException(why);
          });
      return this;
    }
  }

  private static TargetGroup group(String source, String address) {
    return new TargetGroup(source, List.of(Labels.of("__address__", address)), Labels.EMPTY);
  }

  private Discoverer start() {
    Discoverer discoverer = loop.discoverer("http", "http/0", "http://sd", INTERVAL, script);
    discoverer.start(sink);
    return discoverer;
  }

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void refreshesImmediatelyThenEarlierAndThenAtTheInterval() throws Exception {
    script.found();
    try (Discoverer running = start()) {
      ticker.awaitAlarms(1);
      assertThat(ticker.pending()).containsExactly(Duration.ofSeconds(15));
      script.found();
      ticker.advance(Duration.ofSeconds(15));
      ticker.awaitAlarms(1);
      assertThat(ticker.pending()).containsExactly(INTERVAL);
      assertThat(script.looks.get()).isEqualTo(2);
      assertThat(running).isNotNull();
    }
  }

  @Test
  void onlyChangedGroupsArePutAndVanishedOnesEmptied() throws Exception {
    script.found(group("a", "a:1"), group("b", "b:1"), group("c", "c:1"));
    try (Discoverer running = start()) {
      ticker.awaitAlarms(1);
      assertThat(sink.takeUpdated()).containsExactly("a", "b", "c");
      script.found(group("a", "a:1"), group("c", "c:2"));
      ticker.advance(INTERVAL);
      ticker.awaitAlarms(1);
      assertThat(sink.takeUpdated()).containsExactly("c", "b");
      assertThat(sink.addresses()).containsExactly("a:1", "c:2");
      assertThat(running).isNotNull();
    }
  }

  @Test
  void aFailureKeepsTargetsAndIsReportedUntilTheSourceWorksAgain() throws Exception {
    script.found(group("a", "a:1")).fails("http://sd: status 500");
    try (Discoverer running = start()) {
      ticker.awaitAlarms(1);
      ticker.advance(INTERVAL);
      eventually(
          () -> assertThat(sink.failures()).containsEntry("http://sd", "http://sd: status 500"));
      assertThat(sink.addresses()).containsExactly("a:1");
      assertThat(registry.getSampleValue("prometheus_sd_refresh_failures_total", LABELS, VALUES))
          .isEqualTo(1);
      script.found();
      ticker.awaitAlarms(1);
      ticker.advance(INTERVAL);
      eventually(() -> assertThat(sink.failures()).isEmpty());
      assertThat(sink.addresses()).isEmpty();
      assertThat(
              registry.getSampleValue(
                  "prometheus_sd_refresh_duration_seconds_count", LABELS, VALUES))
          .isEqualTo(3);
      assertThat(running).isNotNull();
    }
  }

  @Test
  void syncedComesWithTheFirstSuccessNotWithTheFirstLook() throws Exception {
    script.fails("no route");
    try (Discoverer running = start()) {
      ticker.awaitAlarms(1);
      assertThat(sink.isSynced()).isFalse();
      script.found();
      ticker.advance(INTERVAL);
      eventually(() -> assertThat(sink.isSynced()).isTrue());
      assertThat(running).isNotNull();
    }
  }

  @Test
  void aPartIsUnreadUntilOneLookHasReadIt() throws Exception {
    script.answers.add(
        () -> new RefreshResult(List.of(), Optional.empty(), Map.of("a", "no", "b", "no")));
    try (Discoverer running = start()) {
      eventually(() -> assertThat(sink.unread()).containsExactlyInAnyOrder("a", "b"));
      script.fails("no route");
      script.answers.add(() -> new RefreshResult(List.of(), Optional.empty(), Map.of("b", "no")));
      script.answers.add(() -> new RefreshResult(List.of(), Optional.empty(), Map.of("a", "no")));
      ticker.awaitAlarms(1);
      ticker.advance(INTERVAL);
      ticker.awaitAlarms(1);
      assertThat(sink.unread()).containsExactlyInAnyOrder("a", "b");
      ticker.advance(INTERVAL);
      ticker.awaitAlarms(1);
      assertThat(sink.unread()).containsExactly("b");
      ticker.advance(INTERVAL);
      ticker.awaitAlarms(1);
      assertThat(sink.unread()).isEmpty();
      assertThat(sink.failures()).containsOnlyKeys("a");
      assertThat(running).isNotNull();
    }
  }

  @Test
  void aSourceThatSaysWhenToAskAgainIsAskedThenUnlessTheIntervalIsShorter() throws Exception {
    for (int seconds : new int[] {2, 0, 3600}) {
      script.answers.add(
          () -> {
            throw new RetryLaterException("status 503", Duration.ofSeconds(seconds));
          });
    }
    try (Discoverer running = start()) {
      for (Duration pause : List.of(Duration.ofSeconds(2), Duration.ofSeconds(1), INTERVAL)) {
        ticker.awaitAlarms(1);
        assertThat(ticker.pending()).containsExactly(pause);
        ticker.advance(pause);
      }
      assertThat(running).isNotNull();
    }
  }

  @Test
  void sourceThatGaveTooMuchIsAskedAgainAfterTenTimesWhatItTook() throws Exception {
    for (int seconds : new int[] {10, 1}) {
      script.answers.add(
          () -> {
            ticker.advance(Duration.ofSeconds(seconds));
            new SourceMemory(1).take(2);
            throw new AssertionError("not refused");
          });
    }
    try (Discoverer running = start()) {
      for (Duration pause : List.of(Duration.ofSeconds(100), INTERVAL)) {
        ticker.awaitAlarms(1);
        assertThat(ticker.pending()).containsExactly(pause);
        ticker.advance(pause);
      }
      assertThat(running).isNotNull();
    }
  }

  @Test
  void failuresAreCountedFromZero() {
    try (Discoverer running = start()) {
      assertThat(registry.getSampleValue("prometheus_sd_refresh_failures_total", LABELS, VALUES))
          .isZero();
      assertThat(running).isNotNull();
    }
  }

  @Test
  @ExpectsErrors("a defect of a source is logged as such")
  void defectOfASourceDoesNotEndIt() throws Exception {
    script.answers.add(
        () -> {
          throw new IllegalStateException("a defect");
        });
    try (Discoverer running = start()) {
      ticker.awaitAlarms(1);
      assertThat(sink.failures().get("http://sd")).contains("a defect");
      script.found(group("a", "a:1"));
      ticker.advance(INTERVAL);
      eventually(() -> assertThat(sink.addresses()).containsExactly("a:1"));
      assertThat(running).isNotNull();
    }
  }

  @Test
  void sourceMayWishForAnotherPauseOnce() throws Exception {
    script.answers.add(() -> new RefreshResult(List.of(), Optional.of(Duration.ofSeconds(3))));
    script.found();
    try (Discoverer running = start()) {
      ticker.awaitAlarms(1);
      assertThat(ticker.pending()).containsExactly(Duration.ofSeconds(3));
      ticker.advance(Duration.ofSeconds(3));
      ticker.awaitAlarms(1);
      assertThat(ticker.pending()).containsExactly(INTERVAL);
      assertThat(running).isNotNull();
    }
  }

  @Test
  void zeroIntervalCountsAsAMinute() throws Exception {
    script.found();
    try (Discoverer running =
        loop.discoverer("http", "http/0", "http://sd", Duration.ZERO, script)) {
      running.start(sink);
      ticker.awaitAlarms(1);
      assertThat(ticker.pending()).containsExactly(INTERVAL);
    }
  }

  @Test
  void sourceThatDoesNotAnswerHoldsUpNoOther() {
    try (Discoverer stuck = start()) {
      for (int i = 0; i < 50; i++) {
        Script other = new Script().found(group("o" + i, "o:1"));
        loop.discoverer("http", "http/1", "other", INTERVAL, other).start(sink);
      }
      eventually(() -> assertThat(sink.groups()).hasSize(50));
      assertThat(stuck).isNotNull();
    }
  }

  @Test
  void closingInterruptsTheLookAndClosesTheRefresherOnce() throws Exception {
    Discoverer running = start();
    eventually(() -> assertThat(script.looks.get()).isEqualTo(1));
    running.close();
    running.close();
    assertThat(script.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    eventually(() -> assertThat(script.closed.get()).isEqualTo(1));
    assertThat(sink.failures()).isEmpty();
    assertThat(ticker.pending()).isEmpty();
  }

  @Test
  void closedSourceSetsNoAlarmAndIsClosedAtOnce() throws Exception {
    script.found(group("a", "a:1"));
    Discoverer running = start();
    ticker.awaitAlarms(1);
    running.close();
    assertThat(script.closed.get()).isEqualTo(1);
    assertThat(ticker.pending()).isEmpty();
    ticker.advance(INTERVAL);
    assertThat(script.looks.get()).isEqualTo(1);
  }
}
