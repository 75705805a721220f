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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private final Semaphore permits = new Semaphore(0); // one permit for each rebuild
  private final AtomicInteger begun = new AtomicInteger(); // rebuilds that have begun
  private final AtomicInteger reads = new AtomicInteger();
  private final Set<Thread> rebuilding = ConcurrentHashMap.newKeySet();
  private final Set<String> sent = new HashSet<>(); // jobs that were sent completely
  private volatile boolean onlyTheFirstWaits;
  private long configuration = 1;

  private static TargetGroup group(String address, int labels) {
    Labels.Builder builder = Labels.builder();
    for (int i = 0; i < labels; i++) {
      builder.set("l" + i, "v");
    }
    return new TargetGroup("g", List.of(Labels.of("__address__", address)), builder.build());
  }

  /** The first update of a job is a complete one. */
  private TargetSetUpdate update(String job, TargetGroup group) {
    return new TargetSetUpdate(
        job,
        false,
        sent.add(job),
        configuration,
        group.targets().size(),
        Map.of("p", List.of(group)));
  }

  private static TargetSetUpdate whole(Map<String, List<TargetGroup>> groups, int targets) {
    return new TargetSetUpdate("j", false, true, 1, targets, groups);
  }

  private TargetSetReader.TargetSet read(String job) {
    reads.incrementAndGet();
    return TargetSetReader.TargetSet.NONE;
  }

  /**
   * A rebuild waits for a permit when it begins, and reads the clock when it begins and when it
   * ends.
   */
  private long rebuildsWait(long nanos) {
    Thread thread = Thread.currentThread();
    if (thread.getName().startsWith("sd-relabel") && !rebuilding.remove(thread)) {
      rebuilding.add(thread);
      if (begun.incrementAndGet() == 1 || !onlyTheFirstWaits) {
        permits.acquireUninterruptibly();
      }
    }
    return nanos;
  }

  private ScrapeManager manager() {
    return started(new ScrapeManager(this::read, Metrics.none(), () -> rebuildsWait(0)));
  }

  /** A manager for which some seconds pass each time it reads the clock. */
  private ScrapeManager slowManager() {
    AtomicLong nanos = new AtomicLong();
    return started(
        new ScrapeManager(
            this::read,
            Metrics.none(),
            () -> rebuildsWait(nanos.addAndGet(TimeUnit.SECONDS.toNanos(5)))));
  }

  private static ScrapeManager started(ScrapeManager manager) {
    manager.apply(List.of(JobFixtures.job("heavy"), JobFixtures.job("light")));
    return manager;
  }

  private static ScrapePool pool() {
    return new ScrapePool(
        JobFixtures.job("j"), 1, 0, new ScrapeMetrics(Metrics.none()), LabelMemory.standard());
  }

  private static TargetChange relabel(
      ScrapePool pool, TargetSetUpdate update, BooleanSupplier stop) {
    TargetBuilder builder = pool.builder(1);
    return pool.commit(
        pool.prepare(
            update, new ChangedGroupRouter().of(List.of(update), List.of(builder)).get(0), stop));
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
      eventually(() -> assertThat(begun).hasValue(1));
      manager.onUpdates(List.of(update("light", group("b:2", 10))));
      assertThat(addresses(manager, "light")).containsExactly("b:2");
      assertThat(addresses(manager, "heavy")).isEmpty();
      assertThat(told).isEmpty();
      permits.release();
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
      eventually(() -> assertThat(begun).hasValue(1));
      assertThat(addresses(manager, "light")).containsExactly("b:1");
      assertThat(addresses(manager, "heavy")).isEmpty();
      permits.release();
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
      assertThat(manager.pendingJobs()).containsExactly("heavy");
      assertThat(told).isEmpty();
      permits.release();
      eventually(() -> assertThat(told).containsExactly("first"));
      assertThat(addresses(manager, "heavy")).hasSize(100);
    }
  }

  @Test
  void manySlowJobsTogetherTakeLittleMoreTimeThanTwo() {
    assertThat(millisOfTenSlowJobs(true)).isBetween(500L, 1_200L);
  }

  @Test
  void aJvmThatHasJustStartedHasMoreTimeForEachJob() {
    assertThat(millisOfTenSlowJobs(false)).isBetween(1_300L, 2_000L);
  }

  private static long millisOfTenSlowJobs(boolean synced) {
    AtomicLong millis = new AtomicLong();
    HeavyJobs.TimeLimits limits =
        new HeavyJobs((job, changes, stop) -> {}, () -> TimeUnit.MILLISECONDS.toNanos(millis.get()))
            .timeLimits(synced);
    for (int job = 0; job < 10; job++) {
      BooleanSupplier stop = limits.next();
      while (!stop.getAsBoolean()) {
        millis.incrementAndGet();
      }
    }
    return millis.get();
  }

  @Test
  void aJobThatWasSlowIsNotTriedBetweenOtherJobsAgain() {
    try (ScrapeManager manager = slowManager()) {
      permits.release();
      manager.onUpdates(List.of(update("heavy", targets("g", "a", 100))));
      eventually(() -> assertThat(manager.pendingJobs()).isEmpty());
      manager.onUpdates(List.of(update("heavy", targets("g", "b", 1))));
      assertThat(manager.pendingJobs()).containsExactly("heavy");
      permits.release();
      eventually(() -> assertThat(addresses(manager, "heavy")).containsExactly("b:0"));
    }
  }

  @Test
  void rulesThatTakeLongToApplyComeIntoForceLaterAndDelayNoOtherJob() {
    try (ScrapeManager manager = slowManager()) {
      permits.release();
      manager.onUpdates(List.of(update("heavy", targets("g", "a", 100))));
      eventually(() -> assertThat(addresses(manager, "heavy")).hasSize(100));
      eventually(() -> assertThat(manager.pendingJobs()).isEmpty());
      assertThat(
              manager.apply(
                  List.of(
                      JobFixtures.job("heavy", JobFixtures.set("new", "x")),
                      JobFixtures.job("light"))))
          .containsExactly("heavy");
      configuration = 2;
      sent.clear();
      manager.onUpdates(List.of(update("heavy", targets("g", "a", 100))));
      assertThat(addresses(manager, "heavy")).as("targets of the old rules").hasSize(100);
      assertThat(manager.pendingJobs()).containsExactly("heavy");
      manager.onUpdates(List.of(update("light", group("b:1", 10))));
      assertThat(addresses(manager, "light")).containsExactly("b:1");
      permits.release();
      eventually(
          () ->
              assertThat(manager.pool("heavy").orElseThrow().activeTargets())
                  .hasSize(100)
                  .allSatisfy(target -> assertThat(target.labels().get("new")).isEqualTo("x")));
    }
  }

  @Test
  void onlyGroupsThatChangedAreRebuilt() {
    ScrapePool pool = pool();
    List<TargetGroup> all =
        List.of(targets("same", "a", 50), targets("changed", "b", 3), targets("gone", "c", 2));
    relabel(pool, whole(Map.of("p", all), 55), () -> false);
    assertThat(pool.targets()).hasSize(55);

    List<TargetGroup> changed = List.of(targets("changed", "d", 4), targets("gone", "c", 0));
    PendingUpdates changes =
        PendingUpdates.of(new TargetSetUpdate("j", false, false, 1, 54, Map.of("p", changed)));
    AtomicInteger relabelled = new AtomicInteger();
    TargetChange change = relabel(pool, changes.toUpdate(), () -> relabelled.incrementAndGet() < 0);
    assertThat(relabelled).hasValue(4);
    assertThat(change.added()).hasSize(4);
    assertThat(change.removed()).hasSize(5);
    assertThat(pool.counts()).isEqualTo(new PoolCounts(54, 54, 0, 0));
  }

  @Test
  void latestStateOfEachGroupCountsAndAWholeUpdateReplacesAllBefore() {
    TargetSetUpdate all = whole(Map.of("p", List.of(targets("a", "x", 1))), 1);
    TargetSetUpdate later =
        new TargetSetUpdate(
            "j",
            false,
            false,
            1,
            3,
            Map.of("p", List.of(targets("a", "y", 2)), "q", List.of(targets("b", "z", 1))));
    TargetSetUpdate both = PendingUpdates.of(all).and(PendingUpdates.of(later)).toUpdate();
    assertThat(both).isEqualTo(whole(later.changes(), 3));
    assertThat(PendingUpdates.of(later).and(PendingUpdates.of(later)).toUpdate()).isEqualTo(later);
    assertThat(PendingUpdates.of(later).and(PendingUpdates.of(all)).toUpdate()).isEqualTo(all);
  }

  @Test
  void groupsOfAProviderThatTheJobNoLongerHasAreRemoved() {
    ScrapePool pool = pool();
    List<TargetGroup> stays = List.of(targets("g", "a", 2));
    relabel(
        pool, whole(Map.of("p", stays, "other", List.of(targets("g", "b", 3))), 5), () -> false);
    TargetChange change = relabel(pool, whole(Map.of("p", stays), 2), () -> false);
    assertThat(change.removed()).hasSize(3);
    assertThat(change.added()).isEmpty();
    assertThat(pool.counts()).isEqualTo(new PoolCounts(2, 2, 0, 0));
  }

  @Test
  void heavyJobsDoNotWaitForEachOther() {
    onlyTheFirstWaits = true;
    try (ScrapeManager manager = manager()) {
      manager.onUpdates(List.of(update("heavy", group("a:1", 30_000))));
      eventually(() -> assertThat(begun).hasValue(1));
      manager.onUpdates(List.of(update("light", group("b:1", 30_000))));
      eventually(() -> assertThat(addresses(manager, "light")).containsExactly("b:1"));
      assertThat(addresses(manager, "heavy")).isEmpty();
      permits.release();
    }
  }

  @Test
  void closingStopsARebuildAtTheNextTarget() {
    List<Labels> targets = Collections.nCopies(10, Labels.of("__address__", "a:1"));
    TargetGroup group = new TargetGroup("g", targets, Labels.EMPTY);
    AtomicInteger asked = new AtomicInteger();
    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(
            () ->
                relabel(
                    pool(),
                    whole(Map.of("p", List.of(group)), 10),
                    () -> asked.incrementAndGet() == 4));
    assertThat(asked).hasValue(4);
  }

  @Test
  void changesDuringARebuildAreAppliedAfterwards() {
    try (ScrapeManager manager = manager()) {
      List<String> told = new CopyOnWriteArrayList<>();
      manager.onUpdates(List.of(update("heavy", group("a:1", 30_000))));
      eventually(() -> assertThat(begun).hasValue(1));
      manager.onUpdates(
          List.of(update("heavy", group("a:2", 1)))); // while the job is being rebuilt
      manager.whenInForce(() -> told.add("second"));
      permits.release();
      eventually(() -> assertThat(begun).hasValue(2));
      assertThat(told).isEmpty();
      permits.release();
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
      assertThat(reads).hasValue(0);
    }
  }

  @Test
  void aRebuildUsesRulesThatChangedMeanwhile() {
    try (ScrapeManager manager = manager()) {
      manager.onUpdates(List.of(update("heavy", group("a:1", 30_000))));
      eventually(() -> assertThat(begun).hasValue(1));
      manager.apply(
          List.of(JobFixtures.job("heavy", JobFixtures.set("new", "x")), JobFixtures.job("light")));
      configuration = 2;
      sent.clear();
      manager.onUpdates(List.of(update("heavy", group("a:1", 30_000))));
      permits.release(2);
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
    eventually(() -> assertThat(begun).hasValue(1));
    permits.release();
    manager.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("sd-relabel"));
  }
}
