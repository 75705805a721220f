package io.promdisco.discovery;

import static io.promdisco.discovery.GroupFixtures.gone;
import static io.promdisco.discovery.GroupFixtures.group;
import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.config.SdConfig;
import io.promdisco.discovery.ScriptedFactory.Config;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetListener;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.testing.ManualTicker;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class DiscoveryManagerTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Config X = new Config("x");
  private static final Config Y = new Config("y");

  private final ManualTicker clock = new ManualTicker();
  private final CollectorRegistry registry = new CollectorRegistry();
  private final ScriptedFactory factory = new ScriptedFactory();
  private final UpdateFollower follower = new UpdateFollower();
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private final DiscoveryManager manager =
      new DiscoveryManager(List.of(factory), clock, new PrometheusMetrics(registry));

  @AfterEach
  void close() {
    manager.close();
    assertThat(follower.contradictions()).isEmpty();
  }

  /** Applies, and advances the time until it is sent. */
  private void apply(Map<String, List<SdConfig>> jobs) {
    manager.apply(jobs);
    eventually(this::allSent);
  }

  private void put(String source, TargetGroup... groups) {
    factory.sink(source).update(List.of(groups));
    eventually(this::allSent);
  }

  /** Checks that the follower has what the pool has; each check advances the time. */
  private void allSent() {
    clock.advance(UpdateSender.PAUSE);
    Map<String, List<TargetGroup>> there = new LinkedHashMap<>();
    for (ProviderStatus status : manager.status()) {
      for (String job : status.jobs()) {
        List<TargetGroup> groups = new ArrayList<>();
        manager.read(job).groups().values().forEach(groups::addAll);
        there.put(job, groups);
      }
    }
    there.forEach(
        (job, groups) ->
            assertThat(follower.groups(job)).containsExactlyInAnyOrderElementsOf(groups));
    assertThat(follower.jobs().keySet()).containsAll(there.keySet());
  }

  private @Nullable Double discovered(String job) {
    return registry.getSampleValue(
        "prometheus_sd_discovered_targets",
        new String[] {"name", "config"},
        new String[] {"scrape", job});
  }

  private @Nullable Double value(String metric) {
    return registry.getSampleValue(metric, new String[] {"name"}, new String[] {"scrape"});
  }

  private ProviderStatus status(Config config) {
    return manager.status().stream()
        .filter(status -> status.config().equals(config))
        .findFirst()
        .orElseThrow(() -> new AssertionError(config + ": no provider"));
  }

  @Test
  void equalSdConfigsShareOneProvider() {
    manager.start(follower);
    apply(Map.of("web", List.of(X, Y), "db", List.of(new Config("x")), "mq", List.of(X, X)));
    assertThat(factory.events)
        .containsExactlyInAnyOrder("create x", "start x", "create y", "start y");
    assertThat(manager.status())
        .hasSize(2)
        .extracting(ProviderStatus::provider)
        .doesNotHaveDuplicates();
    assertThat(status(X).jobs()).containsExactlyInAnyOrder("web", "db", "mq");

    put("x", group("a", "1:1"));
    for (String job : List.of("web", "db", "mq")) {
      assertThat(follower.groups(job)).containsExactly(group("a", "1:1"));
    }
    assertThat(status(X).targets()).isEqualTo(1);
    assertThat(value("prometheus_sd_received_updates_total")).isEqualTo(1);
  }

  @Test
  void providersAreNamedByMechanismAndNumberAndNoNameComesTwice() {
    manager.apply(jobs("web", X, "db", Y));
    assertThat(manager.status())
        .extracting(ProviderStatus::provider)
        .containsExactly("scripted/0", "scripted/1");
    manager.apply(jobs("web", Y, "db", new Config("z")));
    assertThat(manager.status())
        .extracting(ProviderStatus::provider)
        .containsExactly("scripted/1", "scripted/2");
    manager.apply(Map.of("web", List.of(X)));
    assertThat(status(X).provider()).isEqualTo("scripted/3");
  }

  @Test
  void equalConfigsKeepTheirTargetsOverAReload() {
    manager.start(follower);
    apply(jobs("web", X, "db", Y));
    put("x", group("a", "1:1"));
    put("y", group("b", "2:1"));
    int calls = follower.calls();

    manager.apply(jobs("web", new Config("x"), "db", new Config("y")));
    clock.advance(UpdateSender.PAUSE);
    put("x", group("c", "3:1"));
    assertThat(factory.events).containsExactly("create x", "create y", "start x", "start y");
    assertThat(follower.calls()).isEqualTo(calls + 1);
    assertThat(follower.last())
        .singleElement()
        .extracting(TargetSetUpdate::changes)
        .isEqualTo(Map.of("scripted/0", List.of(group("c", "3:1"))));
    assertThat(follower.groups("db")).containsExactly(group("b", "2:1"));
  }

  @Test
  void renamedJobKeepsTheRunningProviderAndItsTargets() {
    manager.start(follower);
    apply(jobs("web", X));
    put("x", group("a", "1:1"));
    manager.apply(jobs("shop", X));
    eventually(
        () -> {
          clock.advance(UpdateSender.PAUSE);
          assertThat(follower.jobs().keySet()).containsExactly("shop");
          assertThat(discovered("web")).isNull();
          assertThat(discovered("shop")).isEqualTo(1);
        });
    assertThat(follower.groups("shop")).containsExactly(group("a", "1:1"));
    assertThat(follower.last()).contains(TargetSetUpdate.removal("web"));
    assertThat(factory.events).containsExactly("create x", "start x");
  }

  @Test
  void lateJobGetsAllGroupsOfARunningProviderAndTheOthersGetNothing() {
    manager.start(follower);
    apply(jobs("web", X));
    put("x", group("a", "1:1"), group("b", "2:1"));
    apply(jobs("web", X, "late", X));
    assertThat(follower.groups("late"))
        .containsExactlyInAnyOrder(group("a", "1:1"), group("b", "2:1"));
    assertThat(follower.last()).extracting(TargetSetUpdate::job).containsExactly("late");
  }

  @Test
  void removedJobVanishesAndItsProviderEnds() {
    manager.start(follower);
    apply(jobs("web", X, "db", Y));
    put("y", group("b", "2:1"));
    eventually(() -> assertThat(discovered("db")).isEqualTo(1));
    TargetSink orphan = factory.sink("y");
    manager.apply(jobs("web", X));
    eventually(
        () -> {
          clock.advance(UpdateSender.PAUSE);
          assertThat(follower.jobs().keySet()).containsExactly("web");
          assertThat(discovered("db")).isNull();
        });
    assertThat(factory.events).endsWith("close y");

    Double received = value("prometheus_sd_received_updates_total");
    orphan.update(List.of(group("late", "3:1")));
    orphan.synced();
    assertThat(value("prometheus_sd_received_updates_total")).isEqualTo(received);
    assertThat(follower.groups("db")).isEmpty();
  }

  @Test
  void jobThatLosesOneOfItsSdConfigsLosesThoseTargetsOnly() {
    manager.start(follower);
    apply(Map.of("web", List.of(X, Y)));
    put("x", group("a", "1:1"));
    put("y", group("b", "2:1"));
    factory.sink("y").synced();
    apply(jobs("web", Y));
    assertThat(follower.groups("web")).containsExactly(group("b", "2:1"));
  }

  private void replaceXByY() {
    manager.start(follower);
    apply(jobs("web", X));
    put("x", group("a", "1:1"));
    factory.sink("x").synced();
    manager.apply(jobs("web", Y));
    eventually(this::allSent);
    assertThat(follower.groups("web")).containsExactly(group("a", "1:1"));
  }

  @Test
  void targetsStayUntilTheProviderInTheirPlaceHasDelivered() {
    replaceXByY();
    put("y", group("b", "2:1"));
    assertThat(follower.groups("web")).containsExactly(group("a", "1:1"));

    factory.sink("y").synced();

    eventually(
        () -> {
          allSent();
          assertThat(follower.groups("web")).containsExactly(group("b", "2:1"));
        });
    assertThat(manager.status()).hasSize(1);
  }

  @Test
  void targetsGoWhenTheProviderInTheirPlaceHasNotDeliveredAtTheEndOfTheWait() {
    replaceXByY();
    factory.sink("y").failing("y", "no answer", Duration.ofSeconds(1));
    put("y", group("b", "2:1"));
    assertThat(follower.groups("web")).containsExactly(group("a", "1:1"));

    clock.advance(DiscoveryManager.SWITCH_LIMIT);

    eventually(
        () -> {
          allSent();
          assertThat(follower.groups("web")).containsExactly(group("b", "2:1"));
        });
  }

  @Test
  void aConfigurationOfWhichPartsCannotBeReadWaitsUntilTheEnd() {
    replaceXByY();
    TargetSink sink = factory.sink("y");
    sink.update(List.of(group("b", "2:1")));
    sink.syncedExcept(Set.of("b.yml"));
    eventually(this::allSent);
    assertThat(follower.groups("web")).containsExactly(group("a", "1:1"));

    sink.update(List.of(group("c", "3:1"))); // The file is repaired in time.
    sink.synced();

    eventually(
        () -> {
          allSent();
          assertThat(follower.groups("web")).hasSize(2);
        });
    assertThat(follower.groups("web")).doesNotContain(group("a", "1:1"));
  }

  @Test
  void theNewestConfigurationWinsAndTheOldestTargetsStayUntilThen() {
    replaceXByY();
    clock.advance(DiscoveryManager.SWITCH_LIMIT.minusSeconds(1));
    apply(jobs("web", new Config("z")));
    assertThat(factory.events).endsWith("create z", "start z", "close y");
    clock.advance(Duration.ofSeconds(2)); // The wait for y is over.
    eventually(this::allSent);
    assertThat(follower.groups("web")).containsExactly(group("a", "1:1"));

    factory.sink("z").update(List.of(group("c", "3:1")));
    factory.sink("z").synced();

    eventually(
        () -> {
          allSent();
          assertThat(follower.groups("web")).containsExactly(group("c", "3:1"));
        });
    assertThat(follower.last()).extracting(TargetSetUpdate::configuration).containsExactly(3L);
  }

  @Test
  void newRulesSendTheWholeJobImmediatelyIfItsProvidersHaveDelivered() {
    manager.start(follower);
    apply(jobs("web", X, "db", X));
    put("x", group("a", "1:1"));
    factory.sink("x").synced();
    awaitSynced();

    manager.apply(jobs("web", X, "db", X), Set.of("web"));

    eventually(() -> assertThat(follower.last().get(0).configuration()).isEqualTo(2));
    assertThat(follower.last())
        .containsExactly(
            new TargetSetUpdate(
                "web", false, true, 2, 1, Map.of("scripted/0", List.of(group("a", "1:1")))));
  }

  @Test
  void aConfigurationIsSyncedWhenItIsInForceForEveryJob() throws InterruptedException {
    List<Long> synced = new CopyOnWriteArrayList<>();
    manager.start(
        new TargetSetListener() {
          @Override
          public void onUpdates(List<TargetSetUpdate> updates) {
            follower.onUpdates(updates);
          }

          @Override
          public void onSynced(long configurations) {
            synced.add(configurations);
          }
        });
    apply(jobs("web", X, "db", Y));
    put("x", group("a", "1:1"));
    factory.sink("x").synced();
    factory.sink("y").synced();
    awaitSynced();
    assertThat(synced).containsOnly(1L);

    apply(jobs("web", new Config("z"), "db", Y));
    assertThat(manager.awaitSynced(Duration.ZERO)).isFalse();
    assertThat(synced).containsOnly(1L);
    factory.sink("z").synced();
    awaitSynced();
    assertThat(follower.groups("web")).isEmpty();
    eventually(() -> assertThat(synced).endsWith(2L));
  }

  @Test
  void targetsStayOverASecondReloadUntilTheProviderInTheirPlaceHasDelivered() {
    manager.start(follower);
    apply(jobs("web", X, "db", new Config("z")));
    put("x", group("a", "1:1"));
    factory.sink("x").synced();
    factory.sink("z").synced();
    apply(jobs("web", Y, "db", new Config("z")));

    apply(Map.of("web", List.of(Y, new Config("z")), "db", List.of(new Config("z"))));

    assertThat(follower.groups("web")).containsExactly(group("a", "1:1"));
    factory.sink("y").synced();
    eventually(
        () -> {
          allSent();
          assertThat(follower.groups("web")).isEmpty();
        });
  }

  @Test
  void targetsThatWaitForAHandoverTakeNothingFromTheClosedProviderAnyMore() {
    replaceXByY();
    TargetSink closed = factory.sink("x");

    closed.update(List.of(group("late", "3:1")));
    put("y", group("b", "2:1"));

    assertThat(follower.groups("web")).containsExactly(group("a", "1:1"));
  }

  @Test
  void newProvidersStartBeforeTheOldOnesEnd() {
    manager.apply(jobs("web", X));
    manager.apply(jobs("web", Y));
    assertThat(factory.events)
        .containsExactly("create x", "start x", "create y", "start y", "close x");
  }

  @Test
  void jobWithoutSdConfigsExistsWithoutTargets() {
    manager.start(follower);
    manager.apply(Map.of("nothing", List.of()));
    awaitSynced();
    assertThat(follower.jobs()).isEqualTo(Map.of("nothing", Map.of()));
    eventually(() -> assertThat(discovered("nothing")).isEqualTo(0));
  }

  @Test
  void providerThatCannotBeMadeIsReportedAndTheOthersRun() {
    factory.broken.put("x", "/etc/kubeconfig: no such file (expected: a kubeconfig)");
    manager.start(follower);
    manager.apply(jobs("web", X, "db", Y));
    factory.sink("y").update(List.of(group("b", "2:1")));
    factory.sink("y").synced();
    awaitSynced();

    assertThat(value("prometheus_sd_failed_configs")).isEqualTo(1);
    ProviderStatus broken = status(X);
    assertThat(broken.started()).isFalse();
    assertThat(broken.synced()).isFalse();
    assertThat(broken.jobs()).containsExactly("web");
    assertThat(broken.failures())
        .containsExactly(
            new ProviderStatus.Failure(
                "",
                "/etc/kubeconfig: no such file (expected: a kubeconfig)",
                Instant.parse("2026-01-01T00:00:00Z"),
                Instant.MAX));
    assertThat(follower.jobs().keySet()).containsExactly("db", "web");
    assertThat(follower.groups("db")).containsExactly(group("b", "2:1"));
  }

  @Test
  void providerThatCouldNotBeMadeIsTriedAgainAtTheNextApply() {
    factory.broken.put("x", "not yet");
    manager.start(follower);
    manager.apply(jobs("web", X, "db", Y));
    factory.broken.clear();
    manager.apply(jobs("web", X, "db", Y));
    assertThat(factory.events)
        .containsExactly("create x", "create y", "start y", "create x", "start x");
    assertThat(status(X).started()).isTrue();
    assertThat(status(X).failures()).isEmpty();
    assertThat(value("prometheus_sd_failed_configs")).isEqualTo(0);
    put("x", group("a", "1:1"));
    assertThat(follower.groups("web")).containsExactly(group("a", "1:1"));
  }

  @Test
  void discovererThatFailsToStartIsClosedAndReported() {
    factory.failsToStart.put("x", new IllegalStateException("no threads left"));
    manager.apply(jobs("web", X, "db", Y));
    assertThat(factory.events).containsExactly("create x", "create y", "close x", "start y");
    assertThat(status(X).started()).isFalse();
    assertThat(status(X).failures().get(0).reason()).contains("no threads left");
    assertThat(value("prometheus_sd_failed_configs")).isEqualTo(1);
    assertThat(status(Y).started()).isTrue();
  }

  @Test
  void sdConfigThatNoFactoryAcceptsIsReported() {
    record Unknown() implements SdConfig {
      @Override
      public String mechanism() {
        return "carrier_pigeon";
      }
    }

    manager.apply(jobs("web", new Unknown(), "db", Y));
    ProviderStatus status = manager.status().get(0);
    assertThat(status.started()).isFalse();
    assertThat(status.failures().get(0).reason()).contains("carrier_pigeon_sd_configs");
    assertThat(status(Y).started()).isTrue();
  }

  @Test
  void partsThatFailAreShownUntilTheyRecover() {
    manager.apply(jobs("web", X));
    TargetSink sink = factory.sink("x");
    Instant first = clock.now();
    sink.failing("pods", "403 Forbidden", Duration.ofSeconds(2));
    clock.advance(Duration.ofSeconds(2));
    sink.failing("pods", "connection refused", Duration.ofSeconds(4));
    sink.failing("nodes", "403 Forbidden", Duration.ofSeconds(1));
    assertThat(status(X).failures())
        .containsExactly(
            new ProviderStatus.Failure("pods", "connection refused", first, first.plusSeconds(6)),
            new ProviderStatus.Failure(
                "nodes", "403 Forbidden", first.plusSeconds(2), first.plusSeconds(3)));
    sink.recovered("pods");
    sink.recovered("services");
    assertThat(status(X).failures())
        .extracting(ProviderStatus.Failure::part)
        .containsExactly("nodes");
  }

  @Test
  void syncedOnlyWhenTheChannelHasTakenEverything() throws InterruptedException {
    manager.start(this::throughGate);
    apply(jobs("web", X));
    assertThat(manager.awaitSynced(Duration.ZERO)).isFalse();
    CountDownLatch shut = new CountDownLatch(1);
    gate = shut;
    factory.sink("x").update(List.of(group("a", "1:1")));
    factory.sink("x").synced();
    clock.advance(UpdateSender.PAUSE);
    assertThat(manager.awaitSynced(Duration.ZERO)).isFalse();
    assertThat(status(X).synced()).isFalse();
    shut.countDown();
    awaitSynced();
    assertThat(follower.groups("web")).containsExactly(group("a", "1:1"));
    assertThat(status(X).synced()).isTrue();
  }

  @Test
  void lateJobOnASyncedProviderIsWaitedForToo() throws InterruptedException {
    manager.start(this::throughGate);
    apply(jobs("web", X));
    factory.sink("x").update(List.of(group("a", "1:1")));
    factory.sink("x").synced();
    awaitSynced();
    CountDownLatch shut = new CountDownLatch(1);
    gate = shut;
    manager.apply(jobs("web", X, "late", X));
    clock.advance(UpdateSender.PAUSE);
    assertThat(manager.awaitSynced(Duration.ZERO)).isFalse();
    shut.countDown();
    awaitSynced();
    assertThat(follower.groups("late")).containsExactly(group("a", "1:1"));
  }

  @Test
  void waitingForTheSyncEndsAtItsTimeout() throws Exception {
    manager.start(follower);
    apply(jobs("web", X));
    CompletableFuture<Boolean> waiting = awaitOnAnotherThread(Duration.ofSeconds(5));
    eventually(() -> assertThat(clock.pending()).contains(Duration.ofSeconds(5)));
    clock.advance(Duration.ofMillis(4_999));
    assertThat(waiting).isNotDone();
    clock.advance(Duration.ofMillis(1));
    assertThat(waiting.get(20, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void waitingForTheSyncEndsWhenTheManagerIsClosed() throws Exception {
    manager.start(follower);
    apply(jobs("web", X));
    CompletableFuture<Boolean> waiting = awaitOnAnotherThread(HOUR);
    eventually(() -> assertThat(clock.pending()).contains(HOUR));
    manager.close();
    assertThat(waiting.get(20, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void closeEndsDiscoverersThenTheFactoryAndIgnoresWhatComesAfter() {
    manager.start(follower);
    apply(jobs("web", X));
    put("x", group("a", "1:1"));
    TargetSink sink = factory.sink("x");
    manager.close();
    assertThat(factory.events).containsExactly("create x", "start x", "close x", "close factory");
    assertThat(discovered("web")).isNull();

    int calls = follower.calls();
    sink.update(List.of(gone("a")));
    sink.synced();
    sink.failing("pods", "too late", Duration.ofSeconds(1));
    sink.recovered("pods");
    manager.apply(jobs("db", Y));
    manager.close();
    assertThat(follower.calls()).isEqualTo(calls);
    assertThat(factory.events).hasSize(4);
    assertThatThrownBy(() -> manager.start(follower)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void channelMayCloseTheManager() throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    manager.start(
        updates -> {
          manager.close();
          closed.countDown();
        });
    manager.apply(jobs("web", X));
    assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(factory.events).endsWith("close factory");
  }

  @Test
  void startedLateSendsWhatWasFoundBefore() {
    manager.apply(jobs("web", X));
    factory.sink("x").update(List.of(group("a", "1:1")));
    manager.start(follower);
    eventually(() -> assertThat(follower.groups("web")).containsExactly(group("a", "1:1")));
    assertThatThrownBy(() -> manager.start(follower)).isInstanceOf(IllegalStateException.class);
  }

  private void awaitSynced() {
    CompletableFuture<Boolean> waiting = awaitOnAnotherThread(HOUR);
    eventually(
        () -> {
          clock.advance(UpdateSender.PAUSE);
          assertThat(waiting).isCompletedWithValue(true);
        });
  }

  /** Passes updates on to the follower when the gate is open. */
  private void throughGate(List<TargetSetUpdate> updates) {
    try {
      assertThat(gate.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
    follower.onUpdates(updates);
  }

  private CompletableFuture<Boolean> awaitOnAnotherThread(Duration timeout) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return manager.awaitSynced(timeout);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
          }
        });
  }

  private static Map<String, List<SdConfig>> jobs(String job, SdConfig config) {
    return Map.of(job, List.of(config));
  }

  private static Map<String, List<SdConfig>> jobs(
      String first, SdConfig ofFirst, String second, SdConfig ofSecond) {
    Map<String, List<SdConfig>> jobs = new LinkedHashMap<>();
    jobs.put(first, List.of(ofFirst));
    jobs.put(second, List.of(ofSecond));
    return jobs;
  }
}
