package io.promdisco.providers.kubernetes.watch;

import static io.promdisco.providers.kubernetes.watch.PodFixtures.pod;
import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.metrics.Metrics;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ScriptedClient.Request;
import io.promdisco.providers.kubernetes.watch.WatchPool.Lease;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.NamedThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchPoolTest {
  private static final WatchScope GOOD = new WatchScope("good", "", "");

  private final ManualTicker ticker = new ManualTicker();
  private final ScriptedClient api = new ScriptedClient();
  private final WatchPool pool = new WatchPool(api, ticker, Metrics.none());
  private final RecordingHealth health = new RecordingHealth();

  @AfterEach
  void close() {
    pool.close();
  }

  private Lease<PodView> pods(WatchScope scope) {
    return pool.lease(Resource.PODS, scope, WatchHealth.NONE);
  }

  @Test
  void equalWatchesAreOneAndDistinctOnesAreNot() throws InterruptedException {
    Lease<PodView> first = pods(GOOD);
    Lease<PodView> second = pods(new WatchScope("good", "", ""));
    assertThat(second.store()).isSameAs(first.store());
    assertThat(pool.size()).isEqualTo(1);
    assertThat(pods(WatchScope.ALL).store()).isNotSameAs(first.store());
    assertThat(pods(new WatchScope("good", "app=web", "")).store()).isNotSameAs(first.store());
    assertThat(pods(new WatchScope("good", "", "spec.nodeName=n1")).store())
        .isNotSameAs(first.store());
    assertThat(pool.size()).isEqualTo(4);
    for (int i = 0; i < 4; i++) {
      api.next();
    }
    assertThat(api.count()).isEqualTo(4);
  }

  @Test
  void theNamespaceMakesNoDifferenceToWhatLivesInNone() throws InterruptedException {
    Lease<NodeView> one = pool.lease(Resource.NODES, GOOD, WatchHealth.NONE);
    Lease<NodeView> two = pool.lease(Resource.NODES, WatchScope.ALL, WatchHealth.NONE);
    assertThat(one.store()).isSameAs(two.store());
    assertThat(api.next().scope).isEqualTo(WatchScope.ALL);
  }

  @Test
  void aWatchEndsWithItsLastLease() throws InterruptedException {
    Lease<PodView> first = pods(GOOD);
    Lease<PodView> second = pods(GOOD);
    Request watch = api.next().opened().initialEnd("10");
    first.close();
    first.close();
    watch.added(pod("a", 11));
    assertThat(second.store().size()).isEqualTo(1);
    assertThat(second.hasSynced()).isTrue();
    second.close();
    assertThat(watch.isOver()).isTrue();
    assertThat(pool.size()).isZero();
  }

  @Test
  void aWatchThatIsLeasedAgainStartsWithANewList() throws InterruptedException {
    pods(GOOD).close();
    Lease<PodView> again = pods(GOOD);
    assertThat(again.hasSynced()).isFalse();
    Request request = api.next();
    if (request.isOver()) {
      request = api.next();
    }
    request.opened().added(pod("a", 1)).initialEnd("10");
    assertThat(again.hasSynced()).isTrue();
  }

  @Test
  void closingALeaseClosesItsListenersAndNoOthers() throws InterruptedException {
    RecordingListener mine = new RecordingListener();
    RecordingListener other = new RecordingListener();
    Lease<PodView> first = pods(GOOD);
    Lease<PodView> second = pods(GOOD);
    first.addListener("mine", mine, Duration.ZERO);
    second.addListener("other", other, Duration.ZERO);
    Request watch = api.next().opened().initialEnd("10");
    eventually(() -> assertThat(mine.told).containsExactly("synced"));
    first.close();
    watch.added(pod("a", 11));
    eventually(() -> assertThat(other.told).containsExactly("synced", "+a@11"));
    assertThat(mine.told).containsExactly("synced");
  }

  @Test
  void allUsersOfAWatchGetItsHealthAndNewOnesItsCurrentState() throws InterruptedException {
    RecordingHealth late = new RecordingHealth();
    RecordingHealth latest = new RecordingHealth();
    pool.lease(Resource.PODS, GOOD, health);
    api.next().fail(new IOException("cannot connect"));
    ticker.awaitAlarms(1);
    pool.lease(Resource.PODS, GOOD, late);
    String part = "https://api:6443 pods in namespace \"good\"";
    assertThat(health.told).containsExactly("failing " + part + ": cannot connect");
    assertThat(late.told).isEqualTo(health.told);
    assertThat(late.pauses).isEqualTo(health.pauses);
    ticker.advance(Duration.ofMillis(2_800));
    api.next().opened().initialEnd("10");
    assertThat(health.told).hasSize(2).endsWith("recovered " + part);
    assertThat(late.told).isEqualTo(health.told);
    pool.lease(Resource.PODS, GOOD, latest);
    assertThat(latest.told).isEmpty();
  }

  @Test
  void releasedLeaseReceivesNothing() throws InterruptedException {
    Lease<PodView> gone = pool.lease(Resource.PODS, GOOD, health);
    Lease<PodView> stays = pods(GOOD);
    gone.close();
    api.next().fail(new IOException("cannot connect"));
    ticker.awaitAlarms(1);
    assertThat(health.told).isEmpty();
    stays.close();
  }

  @Test
  void aHealthListenerThatThrowsDoesNotBreakTheWatch() throws InterruptedException {
    WatchHealth broken =
        new WatchHealth() {
          @Override
          public void failing(String part, String reason, Duration nextTry) {
            throw new IllegalStateException("failing");
          }

          @Override
          public void recovered(String part) {
            throw new IllegalStateException("recovered");
          }
        };
    Lease<PodView> lease = pool.lease(Resource.PODS, GOOD, broken);
    api.next().fail(new IOException("cut"));
    ticker.awaitAlarms(1);
    ticker.advance(InformerOptions.defaults().retryPeriod());
    api.next().opened().added(pod("a", 1)).initialEnd("10");
    assertThat(lease.hasSynced()).isTrue();
  }

  @Test
  void thatAServerCannotStreamIsRememberedForAllItsWatches() throws InterruptedException {
    pods(GOOD);
    api.next().fail(422, "no streaming");
    api.next().page("8", "");
    api.next().opened();
    pods(WatchScope.ALL);
    assertThat(api.next().list).isTrue();
  }

  @Test
  void aClosedPoolEndsWhatIsStillLeasedAndLeasesNothing() throws InterruptedException {
    Lease<PodView> left = pods(GOOD);
    Request watch = api.next();
    pool.close();
    assertThat(watch.isOver()).isTrue();
    left.close();
    assertThatThrownBy(() -> pods(GOOD))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the watches of https://api:6443 are closed");
  }

  @Test
  void manyThreadsMayLeaseAndGiveBackAtOnce() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          NamedThreads.start(
              "sd-test-" + i,
              () -> {
                for (int n = 0; n < 200; n++) {
                  Lease<PodView> lease = pods(n % 2 == 0 ? GOOD : WatchScope.ALL);
                  lease.addListener("x", new RecordingListener(), Duration.ZERO);
                  lease.close();
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(pool.size()).isZero();
  }
}
