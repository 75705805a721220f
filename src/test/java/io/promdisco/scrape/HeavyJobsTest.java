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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
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
    return started(new ScrapeManager(reader, Metrics.none()));
  }

  /** A manager for which some seconds pass whenever it reads the clock. */
  private ScrapeManager slowManager() {
    AtomicLong nanos = new AtomicLong();
    return started(
        new ScrapeManager(
            reader, Metrics.none(), () -> nanos.addAndGet(TimeUnit.SECONDS.toNanos(5))));
  }

  private ScrapeManager started(ScrapeManager manager) {
    reads.release(); // read as the job is created
    manager.apply(List.of(Jobs.job("heavy"), Jobs.job("light")));
    assertThat(begun).hasValue(1);
    return manager;
  }

  private static TargetGroup targets(String source, String host, int count) {
    List<Labels> targets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      targets.add(Labels.of("__address__", host + ":" + i));
    }
    return new TargetGroup(source, targets, Labels.EMPTY);
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
  void anUpdateThatTakesLongDelaysNoOtherJob() {
    try (ScrapeManager manager = slowManager()) {
      List<String> told = new CopyOnWriteArrayList<>();
      manager.onUpdates(
          List.of(update("heavy", targets("g", "a", 100)), update("light", group("b:1", 10))));
      manager.whenInForce(() -> told.add("first"));
      assertThat(addresses(manager, "light")).containsExactly("b:1");
      assertThat(addresses(manager, "heavy")).isEmpty();
      assertThat(manager.pending()).containsExactly("heavy");
      assertThat(told).isEmpty();
      reads.release();
      eventually(() -> assertThat(told).containsExactly("first"));
      assertThat(addresses(manager, "heavy")).hasSize(100);
    }
  }

  @Test
  void manySlowJobsTogetherTakeLittleMoreTimeThanTwo() {
    AtomicLong millis = new AtomicLong();
    HeavyJobs.TimeLimits limits =
        new HeavyJobs((job, changes, stop) -> {}, () -> TimeUnit.MILLISECONDS.toNanos(millis.get()))
            .timeLimits();
    for (int job = 0; job < 10; job++) {
      BooleanSupplier stop = limits.next();
      while (!stop.getAsBoolean()) {
        millis.incrementAndGet();
      }
    }
    assertThat(millis.get()).isBetween(500L, 1_200L);
  }

  @Test
  void aJobThatWasSlowIsNotTriedBetweenOtherJobsAgain() {
    try (ScrapeManager manager = slowManager()) {
      reads.release();
      manager.onUpdates(List.of(update("heavy", targets("g", "a", 100))));
      eventually(() -> assertThat(manager.pending()).isEmpty());
      manager.onUpdates(List.of(update("heavy", targets("g", "b", 1))));
      assertThat(manager.pending()).containsExactly("heavy");
      reads.release();
      eventually(() -> assertThat(addresses(manager, "heavy")).containsExactly("b:0"));
    }
  }

  @Test
  void rulesThatTakeLongToApplyComeIntoForceLaterAndDelayNoOtherJob() {
    try (ScrapeManager manager = slowManager()) {
      reads.release();
      manager.onUpdates(List.of(update("heavy", targets("g", "a", 100))));
      eventually(() -> assertThat(addresses(manager, "heavy")).hasSize(100));
      eventually(() -> assertThat(manager.pending()).isEmpty());
      reads.release(); // for the attempt of apply
      manager.apply(List.of(Jobs.job("heavy", Jobs.set("new", "x")), Jobs.job("light")));
      assertThat(addresses(manager, "heavy")).as("targets of the old rules").hasSize(100);
      assertThat(manager.pending()).containsExactly("heavy");
      manager.onUpdates(List.of(update("light", group("b:1", 10))));
      assertThat(addresses(manager, "light")).containsExactly("b:1");
      reads.release();
      eventually(
          () ->
              assertThat(manager.pool("heavy").orElseThrow().activeTargets())
                  .hasSize(100)
                  .allSatisfy(target -> assertThat(target.labels().get("new")).isEqualTo("x")));
    }
  }

  @Test
  void onlyGroupsThatChangedAreRebuilt() {
    Map<String, TargetGroup> known = new ConcurrentHashMap<>();
    known.put("same", targets("same", "a", 50));
    known.put("changed", targets("changed", "b", 3));
    known.put("gone", targets("gone", "c", 2));
    TargetSetReader all = (job, action) -> known.values().forEach(g -> action.accept("p", g));
    ScrapePool pool = new ScrapePool(Jobs.job("j"), new ScrapeMetrics(Metrics.none()));
    assertThat(pool.commit(pool.prepare(Changes.everything(), all, () -> false))).isPresent();
    assertThat(pool.targets()).hasSize(55);

    known.put("changed", targets("changed", "d", 4));
    known.remove("gone");
    TargetSetUpdate update =
        new TargetSetUpdate(
            "j",
            false,
            Map.of("p", 54),
            Map.of("p", List.of(known.get("changed"), targets("gone", "c", 0))));
    AtomicInteger relabelled = new AtomicInteger();
    ScrapePool.Rebuilt rebuilt =
        pool.prepare(changes(update, pool), all, () -> relabelled.incrementAndGet() < 0);
    assertThat(relabelled).hasValue(4);
    TargetChange change = pool.commit(rebuilt).orElseThrow();
    assertThat(change.added()).hasSize(4);
    assertThat(change.removed()).hasSize(5);
    assertThat(pool.counts()).isEqualTo(new PoolCounts(54, 54, 0, 0));
  }

  @Test
  void aMovedJobRelabelsOnlyWhatItMayKeepUnlessItsRulesHaveChanged() {
    TargetGroup kept = targets("kept", "a", 5);
    TargetGroup other = targets("other", "b", 70);
    List<TargetGroup> all = List.of(kept, other);
    TargetSetReader reader = (job, action) -> all.forEach(group -> action.accept("p", group));
    ScrapePool pool = new ScrapePool(Jobs.job("j"), new ScrapeMetrics(Metrics.none()));
    TargetSetUpdate update = new TargetSetUpdate("j", false, Map.of("p", 75), Map.of("p", all));
    Map<String, Offers.Offer> offers =
        Map.of("p", new Offers.Offer(List.of(kept), all, new Offers.Sources(all)));
    AtomicInteger relabelled = new AtomicInteger();
    pool.prepare(
        Changes.of(update, offers, pool.builder()), reader, () -> relabelled.incrementAndGet() < 0);
    assertThat(relabelled).hasValue(5);
    pool.prepare(
        Changes.of(update, offers, new TargetBuilder(Jobs.job("j"))),
        reader,
        () -> relabelled.incrementAndGet() < 0);
    assertThat(relabelled).hasValue(5 + 75);
  }

  @Test
  void manyPendingUpdatesNameEveryGroupThatChanged() {
    ScrapePool pool = new ScrapePool(Jobs.job("j"), new ScrapeMetrics(Metrics.none()));
    Changes all = changes(new TargetSetUpdate("j", false, Map.of("p", 0), Map.of()), pool);
    for (int i = 0; i < 20; i++) {
      List<TargetGroup> groups = List.of(targets("g" + i, "a", 1));
      all =
          all.and(
              changes(new TargetSetUpdate("j", false, Map.of("p", 20), Map.of("p", groups)), pool));
    }
    for (int i = 0; i < 20; i++) {
      assertThat(all.isCandidate("p", "g" + i, pool.builder())).isTrue();
    }
    assertThat(all.contain("p", "g20")).isFalse();
    assertThat(all.contain("q", "g1")).isFalse();
  }

  private static Changes changes(TargetSetUpdate update, ScrapePool pool) {
    Map<String, Offers.Offer> offers = new HashMap<>();
    update
        .changes()
        .forEach(
            (provider, groups) ->
                offers.put(provider, new Offers.Offer(groups, groups, new Offers.Sources(groups))));
    return Changes.of(update, offers, pool.builder());
  }

  @Test
  void groupsOfAProviderThatTheJobNoLongerHasAreRemoved() {
    Map<String, TargetGroup> known = new ConcurrentHashMap<>(Map.of("p", targets("g", "a", 2)));
    known.put("other", targets("g", "b", 3));
    TargetSetReader all = (job, action) -> known.forEach(action);
    ScrapePool pool = new ScrapePool(Jobs.job("j"), new ScrapeMetrics(Metrics.none()));
    assertThat(pool.commit(pool.prepare(Changes.everything(), all, () -> false))).isPresent();
    known.remove("other");
    TargetSetUpdate update = new TargetSetUpdate("j", false, Map.of("p", 2), Map.of());
    assertThat(pool.commit(pool.prepare(changes(update, pool), all, () -> false))).isPresent();
    assertThat(pool.counts()).isEqualTo(new PoolCounts(2, 2, 0, 0));
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
                    Changes.everything(),
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
