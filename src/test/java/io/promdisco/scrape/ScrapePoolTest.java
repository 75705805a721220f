package io.promdisco.scrape;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.metrics.Metrics;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetUpdate;
import io.prometheus.client.CollectorRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScrapePoolTest {
  private static final String PROVIDER = "kubernetes/0";

  private final CollectorRegistry registry = new CollectorRegistry();
  private final Metrics metrics = new PrometheusMetrics(registry);
  private final FakeDiscovery discovery = new FakeDiscovery();
  private final ScrapeManager manager = new ScrapeManager(discovery, metrics);

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void equalTargetsOfSeveralGroupsAndProvidersCountOnceAndStayWhileAnyRemains() {
    discovery.apply(manager, List.of(JobFixtures.job("j")));
    discovery.send(
        manager,
        "j",
        PROVIDER,
        JobFixtures.group("a", "h:1", "h:1", "h:2"),
        JobFixtures.group("b", "h:1"));
    discovery.send(manager, "j", "file/0", JobFixtures.group("c", "h:1"));

    assertThat(counts()).isEqualTo(new PoolCounts(5, 2, 0, 0));
    assertThat(addresses()).containsExactly("h:1", "h:2");

    discovery.send(manager, "j", PROVIDER, TargetGroup.empty("a"), TargetGroup.empty("b"));
    assertThat(addresses()).containsExactly("h:1");

    discovery.send(manager, "j", "file/0", TargetGroup.empty("c"));
    assertThat(counts()).isEqualTo(new PoolCounts(0, 0, 0, 0));
  }

  @Test
  void onlyGroupsOfTheUpdateAreRelabelled() {
    discovery.apply(manager, List.of(JobFixtures.job("j")));
    List<TargetGroup> groups = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      groups.add(JobFixtures.group("g" + i, "h:" + i, "i:" + i));
    }
    discovery.send(manager, "j", PROVIDER, groups.toArray(TargetGroup[]::new));
    assertThat(relabelled()).isEqualTo(200);

    discovery.send(manager, "j", PROVIDER, JobFixtures.group("g7", "h:7", "new:7", "i:7"));

    assertThat(relabelled()).isEqualTo(203);
    assertThat(counts()).isEqualTo(new PoolCounts(201, 201, 0, 0));
  }

  @Test
  void groupsWhoseTargetsWereAllDroppedLeaveNothingButTheirNumber() {
    discovery.apply(manager, List.of(JobFixtures.job("j", JobFixtures.keep("keep", "yes"))));
    TargetGroup[] groups = new TargetGroup[1_000];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = JobFixtures.group("g" + i, Labels.of("keep", i < 3 ? "yes" : "no"), "h:" + i);
    }
    discovery.send(manager, "j", PROVIDER, groups);

    ScrapePool pool =
        new ScrapePool(
            JobFixtures.job("j", JobFixtures.keep("keep", "yes")),
            1,
            0,
            new ScrapeMetrics(metrics),
            LabelMemory.standard());
    TargetSetUpdate update =
        new TargetSetUpdate("j", false, true, 1, 1_000, Map.of(PROVIDER, List.of(groups)));
    pool.commit(
        pool.prepare(
            update,
            new ChangedGroupRouter().of(List.of(update), List.of(pool.builder(1))).get(0),
            () -> false));

    assertThat(pool.groups()).isEqualTo(3);
    assertThat(pool.counts()).isEqualTo(new PoolCounts(1_000, 3, 997, 0));
    assertThat(pool().droppedTargets(0)).hasSize(997);
    assertThat(pool().droppedTargets(5)).hasSize(5);
  }

  @Test
  void aGroupThatFailedAndIsNotEvenOfferedAnyMoreCountsAsDropped() {
    discovery.apply(manager, List.of(JobFixtures.job("j", JobFixtures.keep("keep", "yes"))));
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("g", Labels.of("keep", "yes"), "h/1"));
    assertThat(counts()).isEqualTo(new PoolCounts(1, 0, 0, 1));

    discovery.send(manager, "j", PROVIDER, JobFixtures.group("g", Labels.of("keep", "no"), "h/1"));

    assertThat(counts()).isEqualTo(new PoolCounts(1, 0, 1, 0));
  }

  @Test
  void aGroupThatIsKeptNoLongerLosesItsTargetsAndCountsAsDropped() {
    discovery.apply(manager, List.of(JobFixtures.job("j", JobFixtures.keep("keep", "yes"))));
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("g", Labels.of("keep", "yes"), "h:1"));
    assertThat(addresses()).containsExactly("h:1");

    discovery.send(manager, "j", PROVIDER, JobFixtures.group("g", Labels.of("keep", "no"), "h:1"));

    assertThat(counts()).isEqualTo(new PoolCounts(1, 0, 1, 0));
  }

  @Test
  void groupsOfAProviderThatTheJobHasNoLongerGo() {
    discovery.apply(manager, List.of(JobFixtures.job("j")));
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("a", "h:1", "bad/2"));
    discovery.send(manager, "j", "file/0", JobFixtures.group("a", "h:3", "bad/4", "bad/5"));
    assertThat(counts()).isEqualTo(new PoolCounts(5, 2, 0, 3));

    discovery.removeProvider(manager, "j", "file/0");

    assertThat(addresses()).containsExactly("h:1");
    assertThat(counts()).isEqualTo(new PoolCounts(2, 1, 0, 1));
  }

  @Test
  void failedTargetsAreNeitherActiveNorDropped() {
    discovery.apply(manager, List.of(JobFixtures.job("j")));
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("pod/a", "h:1", "", "a/b"));

    assertThat(counts()).isEqualTo(new PoolCounts(3, 1, 0, 2));
    assertThat(pool().failedTargets(0))
        .extracting(FailedTarget::message)
        .containsExactly(
            "instance 1 in group pod/a: no address",
            "instance 2 in group pod/a: \"a/b\" is not a valid hostname");
    assertThat(pool().failedTargets(1)).hasSize(1);
    assertThat(sample("prometheus_target_sync_failed_total")).isEqualTo(2);

    discovery.send(manager, "j", PROVIDER, JobFixtures.group("pod/a", "h:1"));
    assertThat(counts()).isEqualTo(new PoolCounts(1, 1, 0, 0));
  }

  @Test
  void equalConfigurationLeavesTargetsUntouched() {
    discovery.apply(manager, List.of(JobFixtures.job("j", JobFixtures.set("a", "1"))));
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("g", "h:1"));

    discovery.apply(
        manager, List.of(JobFixtures.job("j", 7, "/metrics", Map.of(), JobFixtures.set("a", "1"))));

    assertThat(relabelled()).isEqualTo(1);
    assertThat(addresses()).containsExactly("h:1");
    assertThat(pool().config().keepDroppedTargets()).isEqualTo(7);
  }

  @Test
  void changedRulesRebuildTheTargetsOfWhatWasDiscovered() {
    discovery.apply(manager, List.of(JobFixtures.job("j", JobFixtures.keep("keep", "yes"))));
    discovery.send(
        manager,
        "j",
        PROVIDER,
        JobFixtures.group("a", Labels.of("keep", "yes"), "h:1"),
        JobFixtures.group("b", Labels.of("keep", "no"), "h:2", "h:3"));
    assertThat(addresses()).containsExactly("h:1");

    discovery.apply(manager, List.of(JobFixtures.job("j", JobFixtures.keep("keep", "no"))));

    assertThat(addresses()).containsExactly("h:2", "h:3");
    assertThat(counts()).isEqualTo(new PoolCounts(3, 2, 1, 0));
    assertThat(registry.getSampleValue("prometheus_target_scrape_pool_reloads_total")).isEqualTo(1);
  }

  @Test
  void renamedJobsReadWhatIsThereAndTheOldNameIsGone() {
    discovery.apply(manager, List.of(JobFixtures.job("j")));
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("g", "h:1"));
    discovery.put("k", PROVIDER, JobFixtures.group("g", "h:1"));

    discovery.apply(manager, List.of(JobFixtures.job("k")));

    assertThat(manager.pool("j")).isEmpty();
    assertThat(manager.pool("k").orElseThrow().activeTargets())
        .extracting(target -> target.labels().get("job"))
        .containsExactly("k");
    assertThat(
            registry.getSampleValue(
                "prometheus_target_scrape_pool_targets",
                new String[] {"scrape_job"},
                new String[] {"j"}))
        .isNull();
    assertThat(registry.getSampleValue("prometheus_target_scrape_pools_total")).isEqualTo(2);
  }

  @Test
  void aWholeUpdateReplacesEverythingAndTellsOnlyTheDifference() {
    discovery.apply(manager, List.of(JobFixtures.job("j")));
    discovery.send(
        manager,
        "j",
        PROVIDER,
        JobFixtures.group("stays", "h:1"),
        JobFixtures.group("goes", "h:2", "bad/3"));
    List<TargetChange> told = new CopyOnWriteArrayList<>();
    manager.addListener(told::add);
    eventually(() -> assertThat(told).hasSize(1));

    manager.onUpdates(
        List.of(whole(1, JobFixtures.group("stays", "h:1"), JobFixtures.group("comes", "h:4"))));

    assertThat(addresses()).containsExactly("h:1", "h:4");
    assertThat(counts()).isEqualTo(new PoolCounts(2, 2, 0, 0));
    eventually(() -> assertThat(told).hasSize(2));
    assertThat(told.get(1).added()).extracting(Target::address).containsExactly("h:4");
    assertThat(told.get(1).removed()).extracting(Target::address).containsExactly("h:2");
  }

  @Test
  void newRulesWaitForTheWholeUpdateOfTheirConfiguration() {
    manager.apply(List.of(JobFixtures.job("j", JobFixtures.set("rules", "1"))));
    manager.onUpdates(List.of(whole(1, JobFixtures.group("g", "h:1"))));

    assertThat(manager.apply(List.of(JobFixtures.job("j", JobFixtures.set("rules", "2")))))
        .containsExactly("j");
    manager.onUpdates(List.of(change(1, JobFixtures.group("g", "h:2"))));
    assertThat(targets()).containsExactly("h:2 1");

    assertThat(manager.apply(List.of(JobFixtures.job("j", JobFixtures.set("rules", "3")))))
        .containsExactly("j");
    manager.onUpdates(List.of(whole(2, JobFixtures.group("g", "h:3"))));
    assertThat(targets()).as("sent before the newest was known").containsExactly("h:3 2");
    manager.onUpdates(List.of(whole(3, JobFixtures.group("g", "h:4"))));
    assertThat(targets()).containsExactly("h:4 3");
    assertThat(registry.getSampleValue("prometheus_target_scrape_pool_reloads_total")).isEqualTo(2);
  }

  @Test
  void rulesThatNeverCameIntoForceLeaveNothing() {
    manager.apply(List.of(JobFixtures.job("j", JobFixtures.set("rules", "1"))));
    manager.onUpdates(List.of(whole(1, JobFixtures.group("g", "h:1"))));
    manager.apply(List.of(JobFixtures.job("j", JobFixtures.set("rules", "2"))));
    manager.apply(List.of(JobFixtures.job("j", JobFixtures.set("rules", "1"))));
    manager.apply(
        List.of(JobFixtures.job("j", 7, "/metrics", Map.of(), JobFixtures.set("rules", "1"))));
    assertThat(pool().config().keepDroppedTargets()).as("not in force yet").isZero();

    manager.onUpdates(List.of(whole(3, JobFixtures.group("g", "h:1"))));

    assertThat(targets()).containsExactly("h:1 1");
    assertThat(pool().config().keepDroppedTargets()).isEqualTo(7);
  }

  @Test
  void whatIsLeftOfAJobOfTheSameNameBeforeIsIgnored() {
    manager.apply(List.of(JobFixtures.job("j", JobFixtures.set("rules", "1"))));
    manager.onUpdates(List.of(whole(1, JobFixtures.group("g", "h:1"))));
    manager.apply(List.of());
    manager.apply(List.of(JobFixtures.job("j", JobFixtures.set("rules", "3"))));

    manager.onUpdates(List.of(change(1, JobFixtures.group("g", "h:2"))));
    manager.onUpdates(List.of(whole(1, JobFixtures.group("g", "h:2"))));
    manager.onUpdates(List.of(TargetSetUpdate.removal("j")));
    manager.onUpdates(List.of(change(1, JobFixtures.group("g", "h:2"))));
    assertThat(targets()).isEmpty();

    manager.onUpdates(List.of(whole(3, JobFixtures.group("g", "h:3"))));
    assertThat(targets()).containsExactly("h:3 3");
  }

  private static TargetSetUpdate whole(long configuration, TargetGroup... groups) {
    return update(true, configuration, groups);
  }

  private static TargetSetUpdate change(long configuration, TargetGroup... groups) {
    return update(false, configuration, groups);
  }

  private static TargetSetUpdate update(boolean whole, long configuration, TargetGroup... groups) {
    int targets = Arrays.stream(groups).mapToInt(group -> group.targets().size()).sum();
    return new TargetSetUpdate(
        "j", false, whole, configuration, targets, Map.of(PROVIDER, List.of(groups)));
  }

  /** The address of each target, and the label that the rules set. */
  private List<String> targets() {
    return pool().activeTargets().stream()
        .map(target -> target.address() + " " + target.label("rules"))
        .toList();
  }

  @Test
  void updatesOfAJobThatDiscoveryRemovedEmptyItAndThoseOfUnknownJobsDoNothing() {
    discovery.apply(manager, List.of(JobFixtures.job("j")));
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("g", "h:1"));
    discovery.send(manager, "unknown", PROVIDER, JobFixtures.group("g", "h:1"));
    assertThat(sample("prometheus_target_scrape_pool_targets")).isEqualTo(1);

    manager.onUpdates(List.of(TargetSetUpdate.removal("j")));

    assertThat(counts()).isEqualTo(new PoolCounts(0, 0, 0, 0));
    assertThat(sample("prometheus_target_scrape_pool_targets")).isZero();
    assertThat(manager.pool("unknown")).isEmpty();
  }

  @Test
  void keepDroppedTargetsLimitsWhatIsShownAndNotWhatIsCounted() {
    discovery.apply(
        manager,
        List.of(JobFixtures.job("j", 2, "/metrics", Map.of(), JobFixtures.keep("a", "never"))));
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("g", "h:1", "h:2", "h:3"));

    assertThat(pool().droppedTargets(0)).hasSize(2);
    assertThat(pool().droppedTargets(3)).hasSize(2);
    assertThat(pool().droppedTargets(1)).hasSize(1);
    assertThat(counts().dropped()).isEqualTo(3);
  }

  @Test
  void discoveredLabelsFollowTheGroupEvenIfTheTargetStaysEqual() {
    discovery.apply(manager, List.of(JobFixtures.job("j")));
    discovery.send(
        manager, "j", PROVIDER, JobFixtures.group("g", Labels.of("__meta_a", "1"), "h:1"));
    discovery.send(
        manager, "j", PROVIDER, JobFixtures.group("g", Labels.of("__meta_a", "2"), "h:1"));

    assertThat(pool().activeTargets())
        .extracting(target -> target.discoveredLabels().get("__meta_a"))
        .containsExactly("2");
  }

  private PoolView pool() {
    return manager.pool("j").orElseThrow();
  }

  private PoolCounts counts() {
    return pool().counts();
  }

  private List<String> addresses() {
    return pool().activeTargets().stream().map(Target::address).toList();
  }

  private double relabelled() {
    return sample("promdisco_target_relabelled_total");
  }

  private double sample(String name) {
    return registry.getSampleValue(name, new String[] {"scrape_job"}, new String[] {"j"});
  }
}
