package io.promdisco.scrape;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.metrics.Metrics;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetReader;
import io.promdisco.model.TargetSetUpdate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class HeavyJobsTest {
  private final Map<String, TargetGroup> groups = new ConcurrentHashMap<>(); // by job
  private final Semaphore reads = new Semaphore(0); // one for each read of the heavy job
  private final AtomicInteger begun = new AtomicInteger();
  private final TargetSetReader reader =
      (job, action) -> {
        TargetGroup group = groups.get(job);
        if (job.equals("heavy")) {
          begun.incrementAndGet();
          reads.acquireUninterruptibly();
        }
        if (group != null) {
          action.accept("p", group);
        }
      };

  private static TargetGroup group(String address, int labels) {
    Labels.Builder builder = Labels.builder();
    for (int i = 0; i < labels; i++) {
      builder.set("l" + i, "v");
    }
    return new TargetGroup("g", List.of(Labels.of("__address__", address)), builder.build());
  }

  private TargetSetUpdate update(String job, TargetGroup group) {
    groups.put(job, group);
    return new TargetSetUpdate(job, false, Map.of("p", 1), Map.of("p", List.of(group)));
  }

  private ScrapeManager manager() {
    ScrapeManager manager = new ScrapeManager(reader, Metrics.none());
    reads.release(); // read as the job is created
    manager.apply(List.of(Jobs.job("heavy"), Jobs.job("light")));
    assertThat(begun).hasValue(1);
    return manager;
  }

  private static List<String> addresses(ScrapeManager manager, String job) {
    List<String> found = new ArrayList<>();
    manager.pool(job).orElseThrow().activeTargets().forEach(t -> found.add(t.address()));
    return found;
  }

  @Test
  void aJobIsNotDelayedByTheLabelsOfAnother() {
    try (ScrapeManager manager = manager()) {
      List<String> told = new CopyOnWriteArrayList<>();
      manager.onUpdates(
          List.of(update("heavy", group("a:1", 30_000)), update("light", group("b:1", 10))));
      manager.whenInForce(() -> told.add("first"));
      assertThat(addresses(manager, "light")).containsExactly("b:1");
      eventually(() -> assertThat(begun).hasValue(2));
      manager.onUpdates(List.of(update("light", group("b:2", 10))));
      assertThat(addresses(manager, "light")).containsExactly("b:2");
      assertThat(addresses(manager, "heavy")).isEmpty();
      assertThat(told).isEmpty();
      reads.release();
      eventually(() -> assertThat(told).containsExactly("first"));
      assertThat(addresses(manager, "heavy")).containsExactly("a:1");
      manager.whenInForce(() -> told.add("at once"));
      assertThat(told).containsExactly("first", "at once");
    }
  }

  @Test
  void aLongTextThatManyTargetsShareDelaysNoOtherJob() {
    try (ScrapeManager manager = manager()) {
      List<Labels> targets = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        targets.add(Labels.of("__address__", "a:" + i));
      }
      TargetGroup group =
          new TargetGroup("g", targets, Labels.of("__meta_text", "x".repeat(1 << 20)));
      manager.onUpdates(List.of(update("heavy", group), update("light", group("b:1", 10))));
      eventually(() -> assertThat(begun).hasValue(2));
      assertThat(addresses(manager, "light")).containsExactly("b:1");
      assertThat(addresses(manager, "heavy")).isEmpty();
      reads.release();
      eventually(() -> assertThat(addresses(manager, "heavy")).hasSize(100));
    }
  }

  @Test
  void heavyJobsDoNotWaitForEachOther() {
    try (ScrapeManager manager = manager()) {
      manager.onUpdates(List.of(update("heavy", group("a:1", 30_000))));
      eventually(() -> assertThat(begun).hasValue(2));
      manager.onUpdates(List.of(update("light", group("b:1", 30_000))));
      eventually(() -> assertThat(addresses(manager, "light")).containsExactly("b:1"));
      assertThat(addresses(manager, "heavy")).isEmpty();
      reads.release();
    }
  }

  @Test
  void closingStopsARebuildAtTheNextTarget() {
    List<Labels> targets = Collections.nCopies(10, Labels.of("__address__", "a:1"));
    TargetGroup group = new TargetGroup("g", targets, Labels.EMPTY);
    ScrapePool pool = new ScrapePool(Jobs.job("j"), new ScrapeMetrics(Metrics.none()));
    AtomicInteger asked = new AtomicInteger();
    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(
            () ->
                pool.prepare(
                    (job, action) -> action.accept("p", group),
                    () -> asked.incrementAndGet() == 4));
    assertThat(asked).hasValue(4);
  }

  @Test
  void changesDuringARebuildAreAppliedAfterwards() {
    try (ScrapeManager manager = manager()) {
      List<String> told = new CopyOnWriteArrayList<>();
      manager.onUpdates(List.of(update("heavy", group("a:1", 30_000))));
      eventually(() -> assertThat(begun).hasValue(2));
      manager.onUpdates(List.of(update("heavy", group("a:2", 1)))); // while it is in work
      manager.whenInForce(() -> told.add("second"));
      reads.release();
      eventually(() -> assertThat(begun).hasValue(3));
      assertThat(told).isEmpty();
      reads.release();
      eventually(() -> assertThat(told).containsExactly("second"));
      assertThat(addresses(manager, "heavy")).containsExactly("a:2");
    }
  }

  @Test
  void askingForDroppedTargetsRelabelsNothingIfThereAreNone() {
    try (ScrapeManager manager = manager()) {
      PoolView pool = manager.pool("heavy").orElseThrow();
      assertThat(pool.droppedTargets(0)).isEmpty();
      assertThat(pool.failedTargets(0)).isEmpty();
      assertThat(begun).as("reads").hasValue(1);
    }
  }

  @Test
  void aRebuildUsesRulesThatChangedMeanwhile() {
    try (ScrapeManager manager = manager()) {
      manager.onUpdates(List.of(update("heavy", group("a:1", 30_000))));
      eventually(() -> assertThat(begun).hasValue(2));
      reads.release(); // of the new rules
      // The reader that waits may take the permit first; then this one waits for the next.
      reads.release(2);
      manager.apply(List.of(Jobs.job("heavy", Jobs.set("new", "x")), Jobs.job("light")));
      eventually(
          () ->
              assertThat(manager.pool("heavy").orElseThrow().activeTargets())
                  .singleElement()
                  .satisfies(target -> assertThat(target.labels().get("new")).isEqualTo("x")));
    }
  }

  @Test
  void closingEndsTheThread() {
    ScrapeManager manager = manager();
    manager.onUpdates(List.of(update("heavy", group("a:1", 30_000))));
    eventually(() -> assertThat(begun).hasValue(2));
    reads.release();
    manager.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("sd-relabel"));
  }
}
