package io.promdisco.discovery;

import static io.promdisco.discovery.GroupFixtures.group;
import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.SdConfig;
import io.promdisco.discovery.ScriptedFactory.Config;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.testing.ExpectsErrors;
import io.promdisco.testing.ManualTicker;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class CompletenessTest {
  private static final Config X = new Config("x");
  private static final Config Y = new Config("y");

  private final ManualTicker clock = new ManualTicker();
  private final CollectorRegistry registry = new CollectorRegistry();
  private final ScriptedFactory factory = new ScriptedFactory();
  private final UpdateFollower follower = new UpdateFollower();
  private int markers;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private final DiscoveryManager manager =
      new DiscoveryManager(List.of(factory), clock, new PrometheusMetrics(registry));

  @AfterEach
  void close() {
    gate.countDown();
    manager.close();
    assertThat(follower.contradictions()).isEmpty();
  }

  private static Map<String, List<SdConfig>> jobs(Object... jobsAndSources) {
    Map<String, List<SdConfig>> jobs = new LinkedHashMap<>();
    for (int i = 0; i < jobsAndSources.length; i += 2) {
      @SuppressWarnings("unchecked")
      List<SdConfig> sources = (List<SdConfig>) jobsAndSources[i + 1];
      jobs.put((String) jobsAndSources[i], sources);
    }
    return jobs;
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

  private JobStatus job(String name) {
    return manager.job(name).orElseThrow(() -> new AssertionError(name + ": no such job"));
  }

  private void becomesComplete(String name) {
    eventually(
        () -> {
          clock.advance(UpdateSender.PAUSE);
          assertThat(job(name).complete()).as(job(name).describe()).isTrue();
        });
  }

  /** Waits until everything is sent, and checks that the job is still incomplete. */
  private void staysIncomplete(String name, String why) {
    String marker = "marker-" + markers++;
    manager.apply(jobs(marker, List.of(), name, sourcesOf(name)));
    becomesComplete(marker);
    assertThat(job(name).describe()).isEqualTo("incomplete: job " + name + ": " + why);
  }

  private List<SdConfig> sourcesOf(String name) {
    return manager.status().stream()
        .filter(status -> status.jobs().contains(name))
        .map(ProviderStatus::config)
        .toList();
  }

  private @Nullable Double gauge(String job) {
    return registry.getSampleValue(
        "promdisco_job_complete", new String[] {"scrape_job"}, new String[] {job});
  }

  @Test
  void aJobIsCompleteOnceEachOfItsSourcesHasDeliveredAndThatWasSent() {
    manager.start(this::throughGate);
    manager.apply(jobs("web", List.of(X, Y)));
    assertThat(job("web").complete()).isFalse();
    factory.sink("x").update(List.of(group("a", "1:1")));
    factory.sink("x").synced();
    staysIncomplete("web", "scripted/1: has not delivered its targets yet");
    assertThat(gauge("web")).isZero();

    CountDownLatch shut = new CountDownLatch(1);
    gate = shut;
    factory.sink("y").update(List.of(group("b", "2:1")));
    factory.sink("y").synced();
    clock.advance(UpdateSender.PAUSE);
    assertThat(job("web").describe())
        .isEqualTo("incomplete: job web: scripted/1: its targets are not ready yet");
    shut.countDown();

    becomesComplete("web");
    assertThat(follower.groups("web")).hasSize(2);
    assertThat(job("web").missing()).isEmpty();
    assertThat(gauge("web")).isOne();
  }

  @Test
  void anUnreachableSourceDelaysOnlyItsOwnJobs() {
    manager.start(follower);
    manager.apply(jobs("web", List.of(X), "db", List.of(Y), "both", List.of(X, Y)));
    factory.sink("x").failing("https://c:6443 pods", "connection refused", Duration.ofSeconds(1));
    factory.sink("y").synced();
    becomesComplete("db");
    assertThat(manager.jobs())
        .extracting(JobStatus::describe)
        .containsExactly(
            "incomplete: job web: scripted/0: https://c:6443 pods: connection refused",
            "complete: job db",
            "incomplete: job both: scripted/0: https://c:6443 pods: connection refused");
  }

  /** The targets of one job are in force only when the test says so. */
  private static final class Slow extends UpdateFollower {
    private final List<Runnable> waiting = new CopyOnWriteArrayList<>();

    @Override
    public Set<String> pendingJobs() {
      return Set.of("slow");
    }

    @Override
    public void whenInForce(Runnable action) {
      waiting.add(action);
    }
  }

  @Test
  void aJobWhoseTargetsAreNotInForceDelaysNoOther() {
    Slow slow = new Slow();
    manager.start(slow);
    manager.apply(jobs("slow", List.of(X), "quick", List.of(Y), "shared", List.of(X)));
    factory.sink("x").synced();
    factory.sink("y").synced();
    becomesComplete("quick");
    becomesComplete("shared");
    assertThat(job("slow").describe())
        .isEqualTo(
            "incomplete: job slow: the configuration was loaded just now; its targets are not ready yet");
    slow.waiting.forEach(Runnable::run);
    assertThat(job("slow").complete()).isTrue();
  }

  @Test
  void aSourceThatFailsAfterItHasDeliveredKeepsItsJobComplete() {
    manager.start(follower);
    manager.apply(jobs("web", List.of(X)));
    factory.sink("x").synced();
    becomesComplete("web");
    factory.sink("x").failing("pods", "connection refused", Duration.ofSeconds(1));
    manager.apply(jobs("web", List.of(new Config("x"))));
    assertThat(job("web").complete()).isTrue();
  }

  @Test
  void aReloadThatChangesNothingKeepsAJobCompleteAllTheTime() {
    manager.start(follower);
    manager.apply(jobs("web", List.of(X), "gone", List.of(Y)));
    factory.sink("x").synced();
    becomesComplete("web");
    List<Boolean> seen = new CopyOnWriteArrayList<>();
    manager.addJobListener(() -> seen.add(job("web").complete()));
    JobStatus before = job("web");

    manager.expect(List.of("web", "new"));
    manager.apply(jobs("web", List.of(X), "new", List.of(Y)));

    assertThat(seen).isNotEmpty().containsOnly(true);
    assertThat(before.isCompleteUntil(job("web"))).isTrue();
    assertThat(manager.job("gone")).isEmpty();
    assertThat(gauge("gone")).isNull();
    assertThat(job("new").complete()).isFalse();
  }

  @Test
  void aJobStaysCompleteWithItsOldTargetsUntilItsNewSourceHasDelivered() {
    manager.start(follower);
    completeWeb();
    JobStatus before = job("web");
    List<List<?>> seen = new CopyOnWriteArrayList<>();
    manager.addJobListener(() -> seen.add(List.of(job("web").complete())));

    manager.expect(List.of("web"));
    manager.apply(jobs("web", List.of(X, Y)));
    factory.sink("y").update(List.of(group("b", "2:1")));
    clock.advance(UpdateSender.PAUSE);
    assertThat(before.isCompleteUntil(job("web"))).isTrue();
    assertThat(follower.groups("web")).containsExactly(group("a", "1:1"));
    factory.sink("y").synced();

    eventually(
        () -> {
          clock.advance(UpdateSender.PAUSE);
          assertThat(follower.groups("web")).hasSize(2);
        });
    awaitSynced();
    assertThat(seen).isNotEmpty().containsOnly(List.of(true));
    assertThat(before.isCompleteUntil(job("web"))).as("of the same sources").isFalse();
  }

  /** A job with a target of X, complete. */
  private void completeWeb() {
    manager.apply(jobs("web", List.of(X)));
    factory.sink("x").update(List.of(group("a", "1:1")));
    factory.sink("x").synced();
    becomesComplete("web");
  }

  private void awaitSynced() {
    eventually(
        () -> {
          clock.advance(UpdateSender.PAUSE);
          assertThat(manager.awaitSynced(Duration.ZERO)).isTrue();
        });
  }

  @Test
  void aJobThatLosesASourceIsCompleteAllTheTime() {
    manager.start(this::throughGate);
    manager.apply(jobs("web", List.of(X, Y)));
    factory.sink("x").synced();
    factory.sink("y").update(List.of(group("b", "2:1")));
    factory.sink("y").synced();
    becomesComplete("web");
    JobStatus before = job("web");
    CountDownLatch shut = new CountDownLatch(1);
    gate = shut;
    manager.apply(jobs("web", List.of(X)));
    clock.advance(UpdateSender.PAUSE);
    assertThat(job("web").complete()).isTrue();
    shut.countDown();
    awaitSynced();
    assertThat(follower.groups("web")).isEmpty();
    assertThat(job("web").complete()).isTrue();
    assertThat(before.isCompleteUntil(job("web"))).isFalse();
  }

  @Test
  void aJobIsIncompleteBeforeTargetsOfNewSourcesThatHaveNotDeliveredComeIntoForce() {
    manager.start(this::throughGate);
    completeWeb();
    JobStatus before = job("web");
    manager.apply(jobs("web", List.of(Y)));
    factory.sink("y").update(List.of(group("b", "2:1")));
    CountDownLatch shut = new CountDownLatch(1);
    gate = shut;

    clock.advance(DiscoveryManager.SWITCH_LIMIT);
    eventually(
        () -> {
          clock.advance(UpdateSender.PAUSE);
          assertThat(job("web").complete()).isFalse();
        });
    assertThat(follower.groups("web")).containsExactly(group("a", "1:1"));
    assertThat(before.isCompleteUntil(job("web"))).isFalse();
    shut.countDown();

    staysIncomplete("web", "scripted/1: has not delivered its targets yet");
    assertThat(follower.groups("web")).containsExactly(group("b", "2:1"));
    factory.sink("y").synced();
    becomesComplete("web");
  }

  @Test
  void aReplacementSourceThatFailsMakesTheJobIncompleteAtTheEndOfTheWait() {
    manager.start(follower);
    completeWeb();
    manager.apply(jobs("web", List.of(Y)));
    factory.sink("y").failing("pods", "no route", Duration.ofSeconds(1));
    clock.advance(UpdateSender.PAUSE);
    assertThat(job("web").complete()).isTrue();
    clock.advance(DiscoveryManager.SWITCH_LIMIT);
    staysIncomplete("web", "scripted/1: pods: no route");
  }

  @Test
  void firstOfTwoReloadsIsNeverApplied() {
    manager.start(follower);
    completeWeb();
    manager.apply(jobs("web", List.of(Y)));
    manager.apply(jobs("web", List.of(new Config("z"))));
    clock.advance(UpdateSender.PAUSE);
    assertThat(job("web").complete()).isTrue();
    factory.sink("z").update(List.of(group("c", "3:1")));
    factory.sink("z").synced();
    awaitSynced();
    assertThat(job("web").complete()).isTrue();
    assertThat(follower.groups("web")).containsExactly(group("c", "3:1"));
  }

  @Test
  void aJobThatWasNotCompleteWaitsForItsNewSources() {
    manager.start(follower);
    manager.apply(jobs("web", List.of(X, Y)));
    factory.sink("x").update(List.of(group("a", "1:1")));
    factory.sink("x").synced();
    factory.sink("y").failing("pods", "no route", Duration.ofSeconds(1));
    staysIncomplete("web", "scripted/1: pods: no route");

    manager.apply(jobs("web", List.of(new Config("z"))));
    staysIncomplete("web", "scripted/2: has not delivered its targets yet");
    assertThat(follower.groups("web")).containsExactly(group("a", "1:1"));
    factory.sink("z").synced();

    becomesComplete("web");
    assertThat(follower.groups("web")).isEmpty();
  }

  @Test
  void aJobWithOtherRulesStaysCompleteAndHasAnotherStamp() {
    manager.start(follower);
    completeWeb();
    JobStatus before = job("web");
    List<Boolean> seen = new CopyOnWriteArrayList<>();
    manager.addJobListener(() -> seen.add(job("web").complete()));
    manager.apply(jobs("web", List.of(X)), Set.of("web"));
    awaitSynced();
    assertThat(seen).isNotEmpty().containsOnly(true);
    assertThat(before.isCompleteUntil(job("web"))).isFalse();
  }

  @Test
  void aJobThatIsRemovedAndAddedAgainIsIncompleteUntilItWasSent() {
    manager.start(this::throughGate);
    completeWeb();
    CountDownLatch shut = new CountDownLatch(1);
    gate = shut;
    manager.apply(jobs("other", List.of(X)));
    assertThat(manager.job("web")).isEmpty();
    manager.apply(jobs("other", List.of(X), "web", List.of(X)));
    assertThat(job("web").complete()).isFalse();
    shut.countDown();
    becomesComplete("web");
    assertThat(follower.groups("web")).containsExactly(group("a", "1:1"));
  }

  @Test
  void aLateJobOnARunningSourceIsCompleteOnceItsTargetsWereSent() {
    manager.start(this::throughGate);
    manager.apply(jobs("web", List.of(X)));
    factory.sink("x").update(List.of(group("a", "1:1")));
    factory.sink("x").synced();
    becomesComplete("web");
    CountDownLatch shut = new CountDownLatch(1);
    gate = shut;
    manager.apply(jobs("web", List.of(X), "late", List.of(X)));
    clock.advance(UpdateSender.PAUSE);
    assertThat(job("late").complete()).isFalse();
    assertThat(job("web").complete()).isTrue();
    shut.countDown();
    becomesComplete("late");
    assertThat(follower.groups("late")).containsExactly(group("a", "1:1"));
  }

  @Test
  void aJobIsIncompleteUntilASourceThatCannotBeCreatedIsFixed() {
    factory.broken.put("x", "kubeconfig_file: /k: no such file\n(expected: a kubeconfig)");
    manager.start(follower);
    manager.apply(jobs("web", List.of(X), "db", List.of(Y)));
    factory.sink("y").synced();
    becomesComplete("db");
    assertThat(job("web").describe())
        .isEqualTo(
            "incomplete: job web: scripted/0: kubeconfig_file: /k: no such file (expected: a"
                + " kubeconfig)");

    factory.broken.clear();
    manager.apply(jobs("web", List.of(X), "db", List.of(Y)));
    assertThat(job("db").complete()).isTrue();
    factory.sink("x").synced();
    becomesComplete("web");
  }

  @Test
  void aPartThatWasNeverReadLeavesTheJobIncompleteUntilItIs() {
    manager.start(follower);
    manager.apply(jobs("web", List.of(X)));
    TargetSink sink = factory.sink("x");
    sink.failing("b.yml", "not YAML", Duration.ofSeconds(1));
    sink.failing("c.yml", "not YAML either", Duration.ofSeconds(1));
    sink.syncedExcept(Set.of("b.yml"));
    staysIncomplete("web", "scripted/0: b.yml: not YAML");
    assertThat(manager.status().get(0).synced()).isFalse();
    sink.recovered("b.yml");
    staysIncomplete("web", "scripted/0: has not delivered its targets yet");

    sink.synced();
    becomesComplete("web");
    sink.syncedExcept(Set.of("b.yml")); // A file that was read once counts as read from then on.
    manager.apply(jobs("web", List.of(X)));
    assertThat(job("web").complete()).isTrue();
  }

  @Test
  void aJobWithoutSourcesIsCompleteOnceItIsThere() {
    manager.start(follower);
    manager.apply(jobs("nothing", List.of()));
    becomesComplete("nothing");
  }

  @Test
  @ExpectsErrors("the sends are not taken")
  void noJobBecomesCompleteWhileSendsFail() {
    manager.start(
        updates -> {
          throw new IllegalStateException("not now");
        });
    manager.apply(jobs("web", List.of(X)));
    factory.sink("x").synced();
    eventually(
        () -> {
          clock.advance(UpdateSender.RETRY);
          assertThat(
                  registry.getSampleValue(
                      "promdisco_sd_sends_failed_total",
                      new String[] {"name"},
                      new String[] {"scrape"}))
              .isGreaterThan(2);
        });
    assertThat(job("web").complete()).isFalse();
  }

  @Test
  void noJobIsCompleteOnceTheManagerIsClosed() {
    manager.start(follower);
    manager.apply(jobs("web", List.of(X)));
    factory.sink("x").synced();
    becomesComplete("web");
    manager.close();
    assertThat(job("web").describe()).isEqualTo("incomplete: job web: promdisco is shutting down");
    assertThat(gauge("web")).isZero();
  }

  @Test
  @ExpectsErrors("a listener throws")
  void aListenerThatThrowsDelaysNothing() {
    manager.addJobListener(
        () -> {
          throw new IllegalStateException("as the test asked");
        });
    manager.start(follower);
    manager.apply(jobs("web", List.of(X)));
    factory.sink("x").synced();
    becomesComplete("web");
  }
}
