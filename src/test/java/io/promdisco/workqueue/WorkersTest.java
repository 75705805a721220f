package io.promdisco.workqueue;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.ManualTicker;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

class WorkersTest {
  private final ManualTicker ticker = new ManualTicker();
  private final CollectorRegistry registry = new CollectorRegistry();
  private final PrometheusMetrics metrics = new PrometheusMetrics(registry);
  private final WorkQueue<String> queue = new WorkQueue<>("q", ticker, metrics);
  private final List<String> done = new CopyOnWriteArrayList<>();

  private Workers<String> workers(Workers.Sync<String> sync) {
    return new Workers<>("w", queue, 1, 1, metrics, sync);
  }

  @Test
  void eachKeyIsWorkedOn() {
    try (Workers<String> workers = workers(Workers.each(done::add))) {
      queue.addAll(List.of("a", "b", "c"));
      eventually(() -> assertThat(done).containsExactly("a", "b", "c"));
      assertThat(workers).isNotNull();
    }
  }

  @Test
  void severalThreadsWorkAtTheSameTimeUnderTheirNames() throws InterruptedException {
    CyclicBarrier all = new CyclicBarrier(3);
    Set<String> names = ConcurrentHashMap.newKeySet();
    queue.addAll(List.of("a", "b", "c"));
    Workers<String> workers =
        new Workers<>(
            "w",
            queue,
            3,
            1,
            metrics,
            Workers.each(
                key -> {
                  try {
                    all.await();
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                  names.add(Thread.currentThread().getName());
                }));
    eventually(() -> assertThat(names).containsExactlyInAnyOrder("sd-w-0", "sd-w-1", "sd-w-2"));
    workers.close();
  }

  @Test
  void noKeyIsWorkedOnBeforeTheCachesAreSynced() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch synced = new CountDownLatch(1);
    queue.add("a");
    Workers.Ready ready =
        () -> {
          asked.countDown();
          synced.await();
        };
    try (Workers<String> workers =
        new Workers<>("w", queue, 1, 1, metrics, ready, Workers.each(done::add))) {
      asked.await();
      assertThat(queue.length()).isEqualTo(1);
      assertThat(done).isEmpty();
      synced.countDown();
      eventually(() -> assertThat(done).containsExactly("a"));
      assertThat(workers).isNotNull();
    }
  }

  @Test
  void workersThatAreClosedBeforeTheCachesAreSyncedEndWithoutWork() {
    queue.add("a");
    Workers<String> workers =
        new Workers<>(
            "w",
            queue,
            2,
            1,
            metrics,
            () -> new CountDownLatch(1).await(),
            Workers.each(done::add));
    workers.close();
    assertThat(done).isEmpty();
  }

  @Test
  void aKeyThatFailsIsTriedFiveTimesMoreThenDroppedAndCounted() throws InterruptedException {
    try (Workers<String> workers = workers(Workers.each(this::fail))) {
      queue.add("bad");
      for (int millis = 5; millis <= 80; millis *= 2) {
        ticker.awaitAlarms(1);
        assertThat(ticker.pending()).containsExactly(Duration.ofMillis(millis));
        ticker.advance(Duration.ofMillis(millis));
      }
      eventually(() -> assertThat(dropped()).isEqualTo(1));
      assertThat(done).hasSize(6);
      assertThat(ticker.pending()).isEmpty();
      assertThat(queue.numRequeues("bad")).isZero();
      assertThat(workers).isNotNull();
    }
  }

  @Test
  void aSuccessForgetsTheFailures() throws InterruptedException {
    Workers.Sync<String> once =
        Workers.each(
            key -> {
              done.add(key);
              if (done.size() == 1) {
                throw new IllegalStateException("the first time");
              }
            });
    try (Workers<String> workers = workers(once)) {
      queue.add("a");
      ticker.awaitAlarms(1);
      assertThat(queue.numRequeues("a")).isEqualTo(1);
      ticker.advance(Duration.ofMillis(5));
      eventually(() -> assertThat(done).hasSize(2));
      eventually(() -> assertThat(queue.numRequeues("a")).isZero());
      assertThat(ticker.pending()).isEmpty();
      assertThat(workers).isNotNull();
    }
  }

  @Test
  void onlyTheFailedKeysOfABatchAreRetried() throws InterruptedException {
    queue.addAll(List.of("a", "bad", "b"));
    Workers.Sync<String> sync =
        (keys, failed) -> {
          done.addAll(keys);
          if (keys.contains("bad")) {
            failed.add("bad", new IllegalStateException("bad"));
          }
        };
    try (Workers<String> workers = new Workers<>("w", queue, 1, 10, metrics, sync)) {
      eventually(() -> assertThat(done).containsExactly("a", "bad", "b"));
      ticker.awaitAlarms(1);
      assertThat(ticker.pending()).hasSize(1);
      assertThat(queue.numRequeues("bad")).isEqualTo(1);
      assertThat(queue.numRequeues("a")).isZero();
      ticker.advance(Duration.ofMillis(5));
      eventually(() -> assertThat(done).containsExactly("a", "bad", "b", "bad"));
      assertThat(workers).isNotNull();
    }
  }

  @Test
  void anErrorFailsTheKeysAndDoesNotEndTheThread() throws InterruptedException {
    Workers.Sync<String> sync =
        (keys, failed) -> {
          done.addAll(keys);
          if (keys.contains("bad")) {
            throw new StackOverflowError("deep");
          }
        };
    try (Workers<String> workers = workers(sync)) {
      queue.add("bad");
      ticker.awaitAlarms(1);
      queue.add("good");
      eventually(() -> assertThat(done).containsExactly("bad", "good"));
      assertThat(workers).isNotNull();
    }
  }

  @Test
  void theFirstOfSeveralDroppedKeysIsLogged() throws InterruptedException {
    try (CapturedLog log = new CapturedLog();
        Workers<String> workers = workers(Workers.each(this::fail))) {
      queue.addAll(List.of("bad", "worse"));
      eventually(
          () -> {
            ticker.advance(Duration.ofSeconds(1));
            assertThat(dropped()).isEqualTo(2);
          });
      assertThat(log.lines("is dropped")).hasSize(1);
      assertThat(log.lines("WARN", "w: bad failed 6 times and is dropped")).hasSize(1);
      assertThat(workers).isNotNull();
    }
  }

  @Test
  void closeLetsTheThreadsFinishWhatWaits() {
    CountDownLatch go = new CountDownLatch(1);
    Workers.Sync<String> slow =
        Workers.each(
            key -> {
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              done.add(key);
            });
    queue.addAll(List.of("a", "b", "c"));
    Workers<String> workers = workers(slow);
    eventually(() -> assertThat(queue.length()).isEqualTo(2));
    go.countDown();
    workers.close();
    assertThat(done).containsExactly("a", "b", "c");
  }

  private void fail(String key) {
    done.add(key);
    throw new IllegalStateException(key);
  }

  private double dropped() {
    Double value =
        registry.getSampleValue(
            "promdisco_workqueue_dropped_total", new String[] {"name"}, new String[] {"w"});
    return value == null ? 0 : value;
  }
}
