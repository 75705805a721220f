package io.promdisco.workqueue;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.testing.AllocatedBytes;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.NamedThreads;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
  private final ManualTicker ticker = new ManualTicker();
  private final CollectorRegistry registry = new CollectorRegistry();
  private final PrometheusMetrics metrics = new PrometheusMetrics(registry);
  private final WorkQueue<String> queue = new WorkQueue<>("q", ticker, metrics);

  @Test
  void keysComeInTheOrderInWhichTheyWereAdded() throws InterruptedException {
    queue.add("b");
    queue.addAll(List.of("a", "c"));
    assertThat(queue.length()).isEqualTo(3);
    assertThat(List.of(take(), take(), take())).containsExactly("b", "a", "c");
  }

  @Test
  void aKeyThatWaitsIsNotAddedAgainAndKeepsItsPlace() throws InterruptedException {
    queue.addAll(List.of("a", "b", "a"));
    queue.add("a");
    assertThat(queue.length()).isEqualTo(2);
    assertThat(List.of(take(), take())).containsExactly("a", "b");
  }

  @Test
  void aKeyAddedWhileInWorkComesOnceMoreWhenThatIsDone() throws InterruptedException {
    queue.add("a");
    take();
    queue.add("a");
    queue.add("a");
    assertThat(queue.length()).isZero();
    queue.done("a");
    assertThat(queue.length()).isEqualTo(1);
    take();
    queue.done("a");
    assertThat(queue.length()).isZero();
  }

  @Test
  void aKeyOfWhichTheWorkIsDoneCanBeAddedAgain() throws InterruptedException {
    queue.add("a");
    take();
    queue.done("a");
    queue.add("a");
    assertThat(take()).isEqualTo("a");
  }

  @Test
  void doneOfAKeyThatIsNotInWorkDoesNothing() throws InterruptedException {
    queue.add("a");
    queue.done("a");
    queue.done("never");
    assertThat(queue.length()).isEqualTo(1);
    assertThat(take()).isEqualTo("a");
  }

  @Test
  void aBatchHoldsTheOldestKeysUpToItsSize() throws InterruptedException {
    queue.addAll(List.of("a", "b", "c"));
    assertThat(queue.get(2)).containsExactly("a", "b");
    assertThat(queue.get(2)).containsExactly("c");
  }

  @Test
  void aDelayedKeyComesWhenItsTimeIsOver() {
    queue.addAfter("a", Duration.ofSeconds(2));
    ticker.advance(Duration.ofMillis(1999));
    assertThat(queue.length()).isZero();
    ticker.advance(Duration.ofMillis(1));
    assertThat(queue.length()).isEqualTo(1);
    queue.addAfter("b", Duration.ZERO);
    assertThat(queue.length()).isEqualTo(2);
  }

  @Test
  void shortestOfSeveralDelaysCounts() throws InterruptedException {
    queue.addAfter("a", Duration.ofSeconds(5));
    queue.addAfter("a", Duration.ofSeconds(2));
    queue.addAfter("a", Duration.ofSeconds(9));
    assertThat(ticker.pending()).containsExactly(Duration.ofSeconds(2));
    ticker.advance(Duration.ofSeconds(2));
    assertThat(take()).isEqualTo("a");
    queue.done("a");
    ticker.advance(Duration.ofSeconds(10));
    assertThat(queue.length()).isZero();
  }

  @Test
  void aRateLimitedKeyWaitsLongerEachTimeUntilItIsForgotten() {
    queue.addRateLimited("a");
    assertThat(ticker.pending()).containsExactly(Duration.ofMillis(5));
    ticker.advance(Duration.ofMillis(5));
    queue.addRateLimited("a");
    assertThat(ticker.pending()).containsExactly(Duration.ofMillis(10));
    assertThat(queue.numRequeues("a")).isEqualTo(2);
    ticker.advance(Duration.ofMillis(10));
    queue.forget("a");
    assertThat(queue.numRequeues("a")).isZero();
    queue.addRateLimited("a");
    assertThat(ticker.pending()).containsExactly(Duration.ofMillis(5));
  }

  @Test
  void aLimiterOfTheCallersOwnIsUsed() {
    WorkQueue<String> own =
        new WorkQueue<>(
            "own",
            ticker,
            metrics,
            new RateLimiter<>(Duration.ofSeconds(3), Duration.ofSeconds(4), 10, 100, ticker));
    own.addRateLimited("a");
    assertThat(ticker.pending()).containsExactly(Duration.ofSeconds(3));
  }

  @Test
  void waitingThreadGetsAKeyAsSoonAsItIsAdded() {
    List<String> taken = new CopyOnWriteArrayList<>();
    NamedThreads.start("sd-test-taker", () -> taken.add(takeOrEmpty()));
    queue.add("a");
    eventually(() -> assertThat(taken).containsExactly("a"));
  }

  @Test
  void shutDownReleasesWaitingThreads() {
    AtomicInteger ended = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      NamedThreads.start(
          "sd-test-" + i,
          () -> {
            if (takeOrEmpty().isEmpty()) {
              ended.incrementAndGet();
            }
          });
    }
    queue.shutDown();
    eventually(() -> assertThat(ended).hasValue(3));
  }

  @Test
  void afterShutDownWhatWaitsIsStillGotAndNothingIsAdded() throws InterruptedException {
    queue.addAll(List.of("a", "b"));
    queue.addAfter("late", Duration.ofSeconds(1));
    queue.shutDown();
    queue.add("c");
    queue.addAfter("d", Duration.ofSeconds(1));
    assertThat(ticker.pending()).isEmpty();
    assertThat(take()).isEqualTo("a");
    assertThat(take()).isEqualTo("b");
    assertThat(queue.get()).isNull();
  }

  @Test
  void drainWaitsUntilEverythingHasBeenWorkedOn() throws InterruptedException {
    queue.addAll(List.of("a", "b"));
    assertThat(take()).isEqualTo("a");
    queue.add("a"); // The key is queued again.
    Thread drain = NamedThreads.start("sd-test-drain", this::drain);
    eventually(() -> assertThat(drain.getState()).isEqualTo(Thread.State.WAITING));
    assertThat(take()).isEqualTo("b");
    queue.done("b");
    queue.done("a");
    assertThat(drain.isAlive()).isTrue();
    assertThat(take()).isEqualTo("a");
    assertThat(drain.isAlive()).isTrue();
    queue.done("a");
    drain.join(10_000);
    assertThat(drain.isAlive()).isFalse();
    assertThat(queue.get()).isNull();
  }

  @Test
  void depthAddsAndRetriesAreCountedUnderTheQueuesName() throws InterruptedException {
    queue.addAll(List.of("a", "b", "a"));
    queue.add("c");
    assertThat(metric("workqueue_depth")).isEqualTo(3);
    assertThat(metric("workqueue_adds_total")).isEqualTo(3);
    take();
    assertThat(metric("workqueue_depth")).isEqualTo(2);
    queue.addRateLimited("a");
    queue.done("a");
    assertThat(metric("workqueue_retries_total")).isEqualTo(1);
    ticker.advance(Duration.ofMillis(5));
    assertThat(metric("workqueue_depth")).isEqualTo(3);
    assertThat(metric("workqueue_adds_total")).isEqualTo(4);
  }

  /**
   * Four threads work while two add keys: no key is ever processed by two threads at once, and
   * every add is followed by work that starts after it.
   */
  @Test
  void inAStormNoKeyIsInTwoThreadsAndNoAddIsLost() throws InterruptedException {
    int keys = 20;
    WorkQueue<Integer> storm = new WorkQueue<>("storm", ticker, metrics);
    AtomicIntegerArray wanted = new AtomicIntegerArray(keys);
    AtomicIntegerArray seen = new AtomicIntegerArray(keys);
    AtomicIntegerArray inWork = new AtomicIntegerArray(keys);
    AtomicInteger clashes = new AtomicInteger();
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int batch = i + 1;
      workers.add(
          NamedThreads.start(
              "sd-test-worker-" + i, () -> work(storm, batch, wanted, seen, inWork, clashes)));
    }
    List<Thread> adders = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Random random = new Random(i);
      adders.add(
          NamedThreads.start(
              "sd-test-adder-" + i,
              () -> {
                for (int n = 0; n < 50_000; n++) {
                  int key = random.nextInt(keys);
                  wanted.incrementAndGet(key);
                  storm.add(key);
                }
              }));
    }
    for (Thread adder : adders) {
      adder.join();
    }
    storm.shutDownWithDrain();
    for (Thread worker : workers) {
      worker.join();
    }
    assertThat(clashes).hasValue(0);
    for (int key = 0; key < keys; key++) {
      assertThat(seen.get(key)).isEqualTo(wanted.get(key));
    }
  }

  private static void work(
      WorkQueue<Integer> storm,
      int batch,
      AtomicIntegerArray wanted,
      AtomicIntegerArray seen,
      AtomicIntegerArray inWork,
      AtomicInteger clashes) {
    try {
      for (List<Integer> got = storm.get(batch); !got.isEmpty(); got = storm.get(batch)) {
        for (int key : got) {
          if (inWork.incrementAndGet(key) != 1) {
            clashes.incrementAndGet();
          }
          seen.set(key, wanted.get(key));
          inWork.decrementAndGet(key);
        }
        storm.doneAll(got);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aKeyOnItsWayThroughTheQueueAllocatesLittle() throws Exception {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      keys.add("namespace/pod-" + i);
    }
    double bytes =
        AllocatedBytes.per(
            keys.size(),
            () -> {
              WorkQueue<String> fresh = new WorkQueue<>("q", ticker, metrics);
              keys.forEach(fresh::add);
              for (int taken = 0; taken < keys.size(); ) {
                List<String> batch = fresh.get(500);
                taken += batch.size();
                fresh.doneAll(batch);
              }
              return fresh;
            });
    System.out.println("a key through the queue: " + bytes + " bytes");
    assertThat(bytes).isLessThan(1000);
  }

  private double metric(String name) {
    return registry.getSampleValue(name, new String[] {"name"}, new String[] {"q"});
  }

  private String take() throws InterruptedException {
    String key = queue.get();
    assertThat(key).isNotNull();
    return key == null ? "" : key;
  }

  private String takeOrEmpty() {
    try {
      String key = queue.get();
      return key == null ? "" : key;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void drain() {
    try {
      queue.shutDownWithDrain();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
