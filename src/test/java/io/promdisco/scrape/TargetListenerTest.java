package io.promdisco.scrape;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetUpdate;
import io.prometheus.client.CollectorRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TargetListenerTest {
  private static final String PROVIDER = "kubernetes/0";

  private final CollectorRegistry registry = new CollectorRegistry();
  private final FakeDiscovery discovery = new FakeDiscovery();
  private final ScrapeManager manager =
      new ScrapeManager(discovery, new PrometheusMetrics(registry));
  private final List<TargetChange> seen = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void aLateListenerFirstGetsAllThereIsAsAddedAndThenTheChanges() {
    discovery.apply(
        manager, List.of(JobFixtures.job("a"), JobFixtures.job("b"), JobFixtures.job("empty")));
    discovery.send(manager, "a", PROVIDER, JobFixtures.group("g", "h:1", "h:2"));
    discovery.send(manager, "b", PROVIDER, JobFixtures.group("g", "h:1"));

    manager.addListener(seen::add);
    eventually(() -> assertThat(seen).hasSize(2));
    discovery.send(manager, "a", PROVIDER, JobFixtures.group("g", "h:2", "h:3", "h:4"));

    eventually(() -> assertThat(seen).hasSize(3));
    assertThat(seen.get(0)).returns("a", TargetChange::job);
    assertThat(seen.get(0).added()).extracting(Target::address).containsExactly("h:1", "h:2");
    assertThat(seen.get(1).added()).extracting(Target::job).containsExactly("b");
    assertThat(addresses(seen.get(2).added())).containsExactly("h:3", "h:4");
    assertThat(addresses(seen.get(2).removed())).containsExactly("h:1");
    assertThat(seen.get(2).changed()).isEmpty();
  }

  @Test
  void otherLabelsAtTheSamePlaceAreAChange() {
    discovery.apply(
        manager, List.of(JobFixtures.job("j", JobFixtures.copy("__meta_version", "version"))));
    discovery.send(
        manager,
        "j",
        PROVIDER,
        JobFixtures.group("g", Labels.of("__meta_version", "1"), "h:1", "h:2"));
    manager.addListener(seen::add);
    eventually(() -> assertThat(seen).hasSize(1));

    discovery.send(
        manager,
        "j",
        PROVIDER,
        JobFixtures.group("g", Labels.of("__meta_version", "2"), "h:1", "h:3"));

    eventually(() -> assertThat(seen).hasSize(2));
    TargetChange change = seen.get(1);
    assertThat(change.changed()).hasSize(1);
    assertThat(change.changed().get(0).before().labels().get("version")).isEqualTo("1");
    assertThat(change.changed().get(0).after().labels().get("version")).isEqualTo("2");
    assertThat(change.changed().get(0).after().address()).isEqualTo("h:1");
    assertThat(addresses(change.added())).containsExactly("h:3");
    assertThat(addresses(change.removed())).containsExactly("h:2");
    assertThat(changes("added")).isEqualTo(3);
    assertThat(changes("changed")).isEqualTo(1);
    assertThat(changes("removed")).isEqualTo(1);
  }

  @Test
  void movingATargetBetweenGroupsIsNotAChange() {
    discovery.apply(manager, List.of(JobFixtures.job("j")));
    discovery.send(
        manager, "j", PROVIDER, JobFixtures.group("a", "h:1"), JobFixtures.group("b", "h:2"));
    manager.addListener(seen::add);
    eventually(() -> assertThat(seen).hasSize(1));

    discovery.send(
        manager,
        "j",
        PROVIDER,
        TargetGroup.empty("a"),
        JobFixtures.group("b", "h:2", "h:1"),
        JobFixtures.group("c", "h:2"));
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("b", "h:1"));
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("d", "end:1"));

    eventually(() -> assertThat(seen).hasSize(2));
    assertThat(addresses(seen.get(1).added())).containsExactly("end:1");
  }

  @Test
  void changedRulesAndRemovedJobsAreReported() {
    discovery.apply(
        manager, List.of(JobFixtures.job("j", JobFixtures.set("v", "1")), JobFixtures.job("k")));
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("g", "h:1"));
    discovery.send(manager, "k", PROVIDER, JobFixtures.group("g", "h:1"));
    manager.addListener(seen::add);
    eventually(() -> assertThat(seen).hasSize(2));

    discovery.apply(manager, List.of(JobFixtures.job("j", JobFixtures.set("v", "2"))));

    eventually(() -> assertThat(seen).hasSize(4));
    assertThat(seen.get(2)).returns("k", TargetChange::job);
    assertThat(addresses(seen.get(2).removed())).containsExactly("h:1");
    assertThat(seen.get(3).changed())
        .extracting(changed -> changed.after().labels().get("v"))
        .containsExactly("2");
  }

  @Test
  void slowListenerDelaysNoOtherAndMissesNothing() throws InterruptedException {
    CountDownLatch release = new CountDownLatch(1);
    List<String> slow = new CopyOnWriteArrayList<>();
    discovery.apply(manager, List.of(JobFixtures.job("j")));
    manager.addListener(
        change -> {
          await(release);
          slow.addAll(addresses(change.added()));
        });
    manager.addListener(seen::add);

    for (int i = 0; i < 100; i++) {
      discovery.send(manager, "j", PROVIDER, JobFixtures.group("g" + i, "h:" + i));
    }

    eventually(() -> assertThat(seen).hasSize(100));
    assertThat(slow).isEmpty();
    release.countDown();
    eventually(() -> assertThat(slow).hasSize(100));
    assertThat(slow).startsWith("h:0", "h:1").endsWith("h:98", "h:99");
  }

  @Test
  void aListenerThatThrowsIsCountedAndCalledAgain() {
    discovery.apply(manager, List.of(JobFixtures.job("j")));
    manager.addListener(
        change -> {
          seen.add(change);
          throw new IllegalStateException("on purpose");
        });

    discovery.send(manager, "j", PROVIDER, JobFixtures.group("a", "h:1"));
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("b", "h:2"));

    eventually(() -> assertThat(seen).hasSize(2));
    eventually(
        () ->
            assertThat(registry.getSampleValue("promdisco_target_listener_failures_total"))
                .isEqualTo(2));
  }

  @Test
  void closedRegistrationReceivesNothing() {
    discovery.apply(manager, List.of(JobFixtures.job("j")));
    List<TargetChange> closedSeen = new CopyOnWriteArrayList<>();
    TargetListener.Registration registration = manager.addListener(closedSeen::add);
    manager.addListener(seen::add);
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("a", "h:1"));
    eventually(() -> assertThat(closedSeen).hasSize(1));

    registration.close();
    registration.close();
    discovery.send(manager, "j", PROVIDER, JobFixtures.group("b", "h:2"));

    eventually(() -> assertThat(seen).hasSize(2));
    assertThat(closedSeen).hasSize(1);
  }

  @Test
  void aClosedManagerTakesNothingIn() {
    discovery.apply(manager, List.of(JobFixtures.job("j")));
    manager.close();

    manager.onUpdates(
        List.of(
            new TargetSetUpdate(
                "j", false, true, 1, 1, Map.of(PROVIDER, List.of(JobFixtures.group("g", "h:1"))))));
    assertThatThrownBy(() -> manager.apply(List.of(JobFixtures.job("j"))))
        .isInstanceOf(IllegalStateException.class);

    assertThat(manager.pools()).isEmpty();
    assertThatThrownBy(() -> manager.addListener(seen::add))
        .isInstanceOf(IllegalStateException.class);
  }

  private double changes(String what) {
    return registry.getSampleValue(
        "promdisco_target_changes_total",
        new String[] {"scrape_job", "change"},
        new String[] {"j", what});
  }

  private static List<String> addresses(List<Target> targets) {
    return targets.stream().map(Target::address).toList();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("not released");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
