package io.promdisco.workqueue;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.NamedThreads;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TaskQueueTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualTicker ticker = new ManualTicker();
  private final List<String> begun = new CopyOnWriteArrayList<>();
  private final Set<String> failing = ConcurrentHashMap.newKeySet();
  private final Semaphore allowed = new Semaphore(0);
  private final TaskQueue<String> tasks = new TaskQueue<>("tasks", ticker, this::sync);

  @AfterEach
  void close() {
    allowed.release(1_000_000);
    tasks.close();
  }

  private void sync(String task) {
    begun.add(task);
    allowed.acquireUninterruptibly();
    if (failing.contains(task)) {
      throw new IllegalStateException(task + " does not work");
    }
  }

  @Test
  void tasksAreDoneOneAtATimeInTheirOrder() {
    tasks.put("a");
    tasks.put("a");
    tasks.putSkippable("b");
    eventually(() -> assertThat(begun).containsExactly("a"));
    allowed.release();
    eventually(() -> assertThat(begun).containsExactly("a", "a"));
    allowed.release();
    eventually(() -> assertThat(begun).containsExactly("a", "a", "b"));
  }

  @Test
  void aSkippableTaskOlderThanTheLastGoodSyncIsSkipped() {
    beginWithTwoOlderTasks(true);
    ticker.advance(SECOND);
    tasks.putSkippable("newer");
    allowed.release(10);
    eventually(() -> assertThat(begun).containsExactly("first", "second", "newer"));
  }

  @Test
  void aTaskThatIsNotSkippableIsDoneHoweverOldItIs() {
    beginWithTwoOlderTasks(false);
    allowed.release(10);
    eventually(() -> assertThat(begun).containsExactly("first", "second", "older", "old"));
  }

  @Test
  void aSkippableTaskIsDoneIfTheSyncBeganBeforeItWasPut() {
    tasks.put("first");
    eventually(() -> assertThat(begun).containsExactly("first"));
    ticker.advance(SECOND);
    tasks.putSkippable("second");
    allowed.release(10);
    eventually(() -> assertThat(begun).containsExactly("first", "second"));
  }

  @Test
  void aSyncThatFailedSkipsNothing() {
    failing.add("second");
    beginWithTwoOlderTasks(true);
    allowed.release(10);
    eventually(() -> assertThat(begun).startsWith("first", "second", "older"));
  }

  /** The second task starts a second after two more tasks were queued behind it. */
  private void beginWithTwoOlderTasks(boolean skippable) {
    tasks.put("first");
    eventually(() -> assertThat(begun).containsExactly("first"));
    tasks.put("second");
    for (String task : List.of("older", "old")) {
      if (skippable) {
        tasks.putSkippable(task);
      } else {
        tasks.put(task);
      }
    }
    ticker.advance(SECOND);
    allowed.release();
    eventually(() -> assertThat(begun).containsExactly("first", "second"));
  }

  @Test
  void aTaskThatFailsIsTriedAgainWithGrowingPauses() throws InterruptedException {
    allowed.release(100);
    failing.add("a");
    tasks.put("a");
    for (int millis = 5; millis <= 5 << 9; millis *= 2) {
      ticker.awaitAlarms(1);
      assertThat(ticker.pending()).containsExactly(Duration.ofMillis(millis));
      ticker.advance(Duration.ofMillis(millis));
    }
    ticker.awaitAlarms(1);
    failing.clear();
    ticker.advance(Duration.ofMillis(5 << 10));
    tasks.put("b");
    eventually(() -> assertThat(begun).hasSize(13).endsWith("a", "b"));
    failing.add("a"); // The task succeeded once, so its next failure counts as the first.
    tasks.put("a");
    ticker.awaitAlarms(1);
    assertThat(ticker.pending()).containsExactly(Duration.ofMillis(5));
  }

  @Test
  void aSkippableTaskThatFailedIsNotTriedAgainOnceANewerSyncWentWell() throws InterruptedException {
    allowed.release(100);
    failing.add("a");
    tasks.putSkippable("a");
    ticker.awaitAlarms(1);
    ticker.advance(Duration.ofMillis(1));
    tasks.put("b");
    eventually(() -> assertThat(begun).containsExactly("a", "b"));
    tasks.put("c");
    eventually(() -> assertThat(begun).containsExactly("a", "b", "c"));
    ticker.advance(Duration.ofMillis(4));
    tasks.put("d");
    eventually(() -> assertThat(begun).containsExactly("a", "b", "c", "d"));
  }

  @Test
  void puttingNeverBlocksHoweverLongASyncTakes() {
    for (int i = 0; i < 100_000; i++) {
      tasks.putSkippable("t" + i); // The sync waits for permission the whole time.
    }
    eventually(() -> assertThat(begun).containsExactly("t0"));
  }

  @Test
  void anErrorDoesNotEndTheThreadAndIsLoggedOnce() throws InterruptedException {
    allowed.release(100);
    CopyOnWriteArrayList<String> seen = new CopyOnWriteArrayList<>();
    try (CapturedLog log = new CapturedLog();
        TaskQueue<String> queue =
            new TaskQueue<>(
                "errors",
                ticker,
                task -> {
                  seen.add(task);
                  if (seen.size() < 3) {
                    throw new AssertionError("broken");
                  }
                })) {
      queue.put("a");
      ticker.awaitAlarms(1);
      ticker.advance(ticker.pending().get(0));
      ticker.awaitAlarms(1);
      ticker.advance(ticker.pending().get(0));
      eventually(() -> assertThat(log.lines("INFO", "errors: works again")).hasSize(1));
      assertThat(seen).containsExactly("a", "a", "a");
      assertThat(log.lines("WARN", "errors: a failed")).hasSize(1);
    }
  }

  @Test
  void closeFinishesTheTaskUnderWayAndDropsTheRest() throws InterruptedException {
    tasks.put("a");
    tasks.put("b");
    eventually(() -> assertThat(begun).containsExactly("a"));
    Thread closer = NamedThreads.start("sd-test-closer", tasks::close);
    eventually(() -> assertThat(closer.getState()).isEqualTo(Thread.State.WAITING));
    tasks.put("c");
    allowed.release(100);
    closer.join(10_000);
    assertThat(closer.isAlive()).isFalse();
    assertThat(begun).containsExactly("a");
  }
}
