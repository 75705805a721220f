package io.promdisco.providers.kubernetes.watch;

import static io.promdisco.providers.kubernetes.watch.PodFixtures.key;
import static io.promdisco.providers.kubernetes.watch.PodFixtures.pod;
import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Uninterruptibles;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ScriptedClient.Request;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.NamedThreads;
import io.prometheus.client.CollectorRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The informer's listeners. */
class SharedInformerTest {
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualTicker ticker = new ManualTicker();
  private final CollectorRegistry registry = new CollectorRegistry();
  private final ScriptedClient api = new ScriptedClient();
  private final RecordingListener listener = new RecordingListener();
  private final SharedInformer<PodView> informer =
      new SharedInformer<>(
          api,
          Resource.PODS,
          WatchScope.ALL,
          InformerOptions.defaults(),
          ticker,
          new PrometheusMetrics(registry),
          new AtomicBoolean(true),
          WatchHealth.NONE);

  @BeforeEach
  void start() {
    informer.start();
  }

  @AfterEach
  void close() {
    informer.close();
  }

  private Request synced(PodView... pods) throws InterruptedException {
    Request watch = api.next().opened();
    for (PodView pod : pods) {
      watch.added(pod);
    }
    return watch.initialEnd("10");
  }

  private void told(RecordingListener to, String... told) {
    eventually(() -> assertThat(to.told).containsExactly(told));
  }

  private double metric(String name, String listenerName) {
    Double value =
        registry.getSampleValue(name, new String[] {"name"}, new String[] {listenerName});
    return value == null ? 0 : value;
  }

  // Who receives which changes.

  @Test
  void everyListenerGetsEveryChange() throws InterruptedException {
    RecordingListener other = new RecordingListener();
    informer.addListener("one", listener, Duration.ZERO);
    informer.addListener("other", other, Duration.ZERO);
    synced(pod("a", 1)).modified(pod("a", 11)).deleted(pod("a", 12));
    String[] expected = {"+a@1*", "synced", "a@1>a@11", "-a@11"};
    told(listener, expected);
    told(other, expected);
  }

  @Test
  void aListenerAddedWhileItRunsGetsTheWholeStoreFirst() throws InterruptedException {
    Request watch = synced(pod("a", 1)).modified(pod("a", 11)).added(pod("b", 12));
    SharedInformer.Registration late = informer.addListener("late", listener, Duration.ZERO);
    eventually(() -> assertThat(late.hasSynced()).isTrue());
    watch.deleted(pod("b", 13)).added(pod("c", 14));
    eventually(() -> assertThat(listener.told).hasSize(5));
    assertThat(listener.told.subList(0, 2)).containsExactlyInAnyOrder("+a@11*", "+b@12*");
    assertThat(listener.told.subList(2, 5)).containsExactly("synced", "-b@12", "+c@14");
  }

  @Test
  void aListenerAddedDuringTheFirstListGetsEachObjectOnce() throws InterruptedException {
    informer.addListener("first", new RecordingListener(), Duration.ZERO);
    Request list = api.next().opened().added(pod("a", 1)).added(pod("b", 2));
    SharedInformer.Registration late = informer.addListener("late", listener, Duration.ZERO);
    eventually(() -> assertThat(listener.told).containsExactlyInAnyOrder("+a@1*", "+b@2*"));
    assertThat(late.hasSynced()).isFalse();
    list.added(pod("c", 3)).initialEnd("10").added(pod("d", 11));
    eventually(() -> assertThat(listener.told).hasSize(5));
    assertThat(listener.told.subList(2, 5)).containsExactly("+c@3*", "synced", "+d@11");
    assertThat(late.hasSynced()).isTrue();
  }

  @Test
  void onSyncedIsCalledOnceForAnyNumberOfLists() throws InterruptedException {
    informer.addListener("one", listener, Duration.ZERO);
    synced(pod("a", 1)).fail(410, "gone");
    api.next().opened().added(pod("a", 1)).added(pod("b", 2)).initialEnd("20").added(pod("c", 21));
    told(listener, "+a@1*", "synced", "+b@2", "+c@21");
  }

  @Test
  void aLaterListTellsWhatIsNewBeforeItIsComplete() throws InterruptedException {
    informer.addListener("one", listener, Duration.ZERO);
    synced(pod("a", 1), pod("c", 2)).fail(410, "gone");
    Request again = api.next().opened().added(pod("a", 1)).added(pod("b", 11));
    told(listener, "+a@1*", "+c@2*", "synced", "+b@11");
    again.initialEnd("20");
    told(listener, "+a@1*", "+c@2*", "synced", "+b@11", "-c@2");
  }

  @Test
  void eventsThatComeLateChangeNothing() throws InterruptedException {
    informer.addListener("one", listener, Duration.ZERO);
    synced(pod("a", 1), pod("b", 2))
        .modified(pod("a", 13))
        .modified(pod("a", 11))
        .deleted(pod("b", 15))
        .modified(pod("b", 14))
        .added(pod("c", 16));
    told(listener, "+a@1*", "+b@2*", "synced", "a@1>a@13", "-b@2", "+c@16");
  }

  @Test
  void aVeryLongUidIsNotRememberedAfterItsDeletion() throws InterruptedException {
    informer.addListener("one", listener, Duration.ZERO);
    String name = "b".repeat(1000); // the uid is longer than the name
    synced(pod("a", 1), pod(name, 2)).deleted(pod(name, 15)).added(pod(name, 14));
    told(listener, "+a@1*", "+" + name + "@2*", "synced", "-" + name + "@2", "+" + name + "@14");
  }

  @Test
  void aListMayHoldOlderObjectsForABackupMayHaveBeenRestored() throws InterruptedException {
    informer.addListener("one", listener, Duration.ZERO);
    synced(pod("a", 1))
        .modified(pod("a", 13))
        .added(pod("b", 14))
        .deleted(pod("b", 15))
        .fail(410, "gone");
    api.next().opened().added(pod("a", 12)).added(pod("b", 11)).initialEnd("12");
    told(listener, "+a@1*", "synced", "a@1>a@13", "+b@14", "-b@14", "a@13>a@12", "+b@11");
  }

  @Test
  void closedListenerReceivesNothing() throws InterruptedException {
    RecordingListener other = new RecordingListener();
    SharedInformer.Registration one = informer.addListener("one", listener, SECOND);
    informer.addListener("other", other, Duration.ZERO);
    Request watch = synced(pod("a", 1));
    told(listener, "+a@1*", "synced");
    one.close();
    one.close();
    assertThat(ticker.pending()).isEmpty();
    watch.added(pod("b", 11));
    told(other, "+a@1*", "synced", "+b@11");
    assertThat(listener.told).hasSize(2);
  }

  @Test
  void aListenerAddedToAClosedInformerGetsNothing() {
    informer.close();
    SharedInformer.Registration late = informer.addListener("late", listener, SECOND);
    assertThat(late.hasSynced()).isFalse();
    assertThat(listener.told).isEmpty();
    assertThat(ticker.pending()).isEmpty();
  }

  // Slow listeners.

  @Test
  void aSlowListenerHoldsUpNeitherTheWatchNorTheOthersAndMissesNothing()
      throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    RecordingListener slow =
        new RecordingListener() {
          @Override
          public void onAdd(PodView pod, boolean initial) {
            awaitUninterruptibly(go);
            super.onAdd(pod, initial);
          }
        };
    informer.addListener("slow", slow, Duration.ZERO);
    informer.addListener("quick", listener, Duration.ZERO);
    Request watch = synced(pod("a", 1));
    for (int i = 0; i < 2_000; i++) {
      watch.added(pod("p" + i, 100 + i));
    }
    eventually(() -> assertThat(listener.told).hasSize(2_002));
    assertThat(informer.store().size()).isEqualTo(2_001);
    assertThat(slow.told).isEmpty();
    go.countDown();
    eventually(() -> assertThat(slow.told).isEqualTo(listener.told));
  }

  @Test
  void everyListenerHasAThreadOfItsOwnName() throws InterruptedException {
    Set<String> threads = ConcurrentHashMap.newKeySet();
    for (String name : List.of("one", "two")) {
      informer.addListener(
          name,
          new RecordingListener() {
            @Override
            public void onSynced() {
              threads.add(Thread.currentThread().getName());
            }
          },
          Duration.ZERO);
    }
    synced();
    eventually(
        () -> assertThat(threads).containsExactlyInAnyOrder("sd-listen-one", "sd-listen-two"));
  }

  // Resync.

  @Test
  void eachListenerIsResyncedFromTheStoreInItsOwnPeriod() throws InterruptedException {
    RecordingListener never = new RecordingListener();
    RecordingListener slower = new RecordingListener();
    informer.addListener("one", listener, Duration.ofSeconds(10));
    informer.addListener("slower", slower, Duration.ofSeconds(25));
    informer.addListener("never", never, Duration.ZERO);
    synced(pod("a", 1));
    eventually(() -> assertThat(listener.told).hasSize(2));
    for (int tens = 1; tens <= 5; tens++) {
      ticker.advance(Duration.ofSeconds(10));
      int tellings = tens;
      eventually(() -> assertThat(listener.told).hasSize(2 + tellings));
      eventually(() -> assertThat(slower.told).hasSize(2 + tellings * 10 / 25));
    }
    assertThat(listener.told.subList(2, 7)).containsOnly("a@1>a@1");
    told(never, "+a@1*", "synced");
    assertThat(api.count()).isEqualTo(1);
  }

  @Test
  void aPeriodBelowTheInformersShortestIsLengthened() throws InterruptedException {
    informer.addListener("one", listener, Duration.ofMillis(1));
    assertThat(ticker.pending()).containsExactly(InformerOptions.defaults().minResync());
    synced(pod("a", 1));
    ticker.advance(SECOND);
    told(listener, "+a@1*", "synced", "a@1>a@1");
  }

  @Test
  void aResyncKeepsItsPlaceAmongTheChanges() throws InterruptedException {
    informer.addListener("one", listener, SECOND);
    Request watch = synced(pod("a", 1)).modified(pod("a", 11));
    ticker.advance(SECOND);
    watch.modified(pod("a", 12)).deleted(pod("a", 13));
    told(listener, "+a@1*", "synced", "a@1>a@11", "a@11>a@11", "a@11>a@12", "-a@12");
  }

  @Test
  void aListenerThatIsSlowerThanItsPeriodIsNotBuriedInResyncs() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    RecordingListener slow =
        new RecordingListener() {
          @Override
          public void onSynced() {
            awaitUninterruptibly(go);
            super.onSynced();
          }
        };
    informer.addListener("slow", slow, SECOND);
    synced(pod("a", 1));
    for (int i = 0; i < 20; i++) {
      ticker.advance(SECOND);
    }
    go.countDown();
    told(slow, "+a@1*", "synced", "a@1>a@1");
    ticker.advance(SECOND);
    told(slow, "+a@1*", "synced", "a@1>a@1", "a@1>a@1");
  }

  // Handlers that throw exceptions.

  /** Throws on the first {@code times} calls about {@code bad}. */
  private static final class Throwing extends RecordingListener {
    private final AtomicInteger left;

    Throwing(int times) {
      left = new AtomicInteger(times);
    }

    @Override
    public void onAdd(PodView pod, boolean initial) {
      super.onAdd(pod, initial);
      if (pod.meta().name().equals("bad") && left.getAndDecrement() > 0) {
        if (left.get() % 2 == 0) {
          throw new IllegalStateException("no");
        }
        throw new AssertionError("not at all");
      }
    }
  }

  @Test
  void aHandlerThatThrowsIsTriedAgainWithGrowingPausesBeforeTheNextChange()
      throws InterruptedException {
    Throwing throwing = new Throwing(2);
    informer.addListener("throwing", throwing, Duration.ZERO);
    informer.addListener("other", listener, Duration.ZERO);
    synced(pod("bad", 1), pod("b", 2));
    told(listener, "+bad@1*", "+b@2*", "synced");
    for (int millis : new int[] {5, 10}) {
      ticker.awaitAlarms(1);
      assertThat(ticker.pending()).containsExactly(Duration.ofMillis(millis));
      ticker.advance(Duration.ofMillis(millis));
    }
    told(throwing, "+bad@1*", "+bad@1*", "+bad@1*", "+b@2*", "synced");
    assertThat(metric("promdisco_kubernetes_listener_errors_total", "throwing")).isEqualTo(2);
    assertThat(metric("promdisco_kubernetes_listener_dropped_total", "throwing")).isZero();
    assertThat(metric("promdisco_kubernetes_listener_errors_total", "other")).isZero();
  }

  @Test
  void aChangeThatAlwaysThrowsIsLeftOutCountedAndLoggedOnceAndTheRestFollows()
      throws InterruptedException {
    Throwing throwing = new Throwing(100);
    try (CapturedLog log = new CapturedLog()) {
      informer.addListener("throwing", throwing, Duration.ZERO);
      synced(pod("bad", 1), pod("b", 2));
      for (int i = 0; i < 5; i++) {
        ticker.awaitAlarms(1);
        ticker.advance(ticker.pending().get(0));
      }
      eventually(() -> assertThat(throwing.told).hasSize(8).endsWith("+b@2*", "synced"));
      assertThat(log.lines("WARN", "throwing: the listener failed")).hasSize(1);
      assertThat(log.lines("INFO", "throwing: the listener works again")).hasSize(1);
    }
    assertThat(metric("promdisco_kubernetes_listener_errors_total", "throwing")).isEqualTo(6);
    assertThat(metric("promdisco_kubernetes_listener_dropped_total", "throwing")).isEqualTo(1);
  }

  @Test
  void aListenerCanBeClosedWhileItsHandlerIsTriedAgain() throws InterruptedException {
    Throwing throwing = new Throwing(100);
    SharedInformer.Registration registration =
        informer.addListener("throwing", throwing, Duration.ZERO);
    synced(pod("bad", 1));
    ticker.awaitAlarms(1);
    registration.close();
    assertThat(throwing.told).containsExactly("+bad@1*");
    assertThat(ticker.pending()).isEmpty();
  }

  @Test
  void aHandlerThatLeavesItsThreadInterruptedGetsTheRest() throws InterruptedException {
    RecordingListener rude =
        new RecordingListener() {
          @Override
          public void onAdd(PodView pod, boolean initial) {
            super.onAdd(pod, initial);
            Thread.currentThread().interrupt();
          }
        };
    informer.addListener("rude", rude, Duration.ZERO);
    synced(pod("a", 1)).added(pod("b", 11)).added(pod("c", 12));
    told(rude, "+a@1*", "synced", "+b@11", "+c@12");
  }

  // Many changes.

  /**
   * Objects come, change and go while listeners are added. Each listener applies what it is told
   * and ends with the contents of the store, and every call fits the calls before it.
   */
  @Test
  void inAStormEveryListenerEndsWithWhatTheStoreHolds() throws InterruptedException {
    Request watch = synced();
    List<Replica> replicas = new ArrayList<>();
    AtomicBoolean adding = new AtomicBoolean(true);
    Thread adder =
        NamedThreads.start(
            "sd-test-adder",
            () -> {
              for (int i = 0; i < 20 && adding.get(); i++) {
                Replica replica = new Replica();
                synchronized (replicas) {
                  replicas.add(replica);
                }
                informer.addListener("r" + i, replica, Duration.ZERO);
              }
            });
    for (int i = 0; i < 3_000; i++) {
      PodView pod = pod("p" + i % 37, 1_000 + i);
      if (i % 5 == 4) {
        watch.deleted(pod);
      } else {
        watch.modified(pod);
      }
    }
    adder.join();
    watch.added(pod("last", 9_999));
    Map<String, Long> expected = new HashMap<>();
    informer.store().forEach(pod -> expected.put(pod.meta().name(), pod.meta().version()));
    assertThat(replicas).hasSize(20);
    for (Replica replica : replicas) {
      eventually(() -> assertThat(replica.known).containsKey("last"));
      assertThat(replica.known).isEqualTo(expected);
      assertThat(replica.surprises).hasValue(0);
    }
  }

  private static final class Replica implements ObjectListener<PodView> {
    final Map<String, Long> known = new ConcurrentHashMap<>();
    final AtomicLong surprises = new AtomicLong();

    @Override
    public void onAdd(PodView pod, boolean initial) {
      expect(known.put(pod.meta().name(), pod.meta().version()) == null);
    }

    @Override
    public void onUpdate(PodView old, PodView now) {
      Long before = known.put(now.meta().name(), now.meta().version());
      expect(before != null && before == old.meta().version());
    }

    @Override
    public void onDelete(PodView last) {
      Long before = known.remove(last.meta().name());
      expect(before != null && before == last.meta().version());
    }

    private void expect(boolean truth) {
      if (!truth) {
        surprises.incrementAndGet();
      }
    }
  }

  @Test
  void fiftyThousandInitialAddsToThreeListenersAllocateLittle() throws InterruptedException {
    List<PodView> pods = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      pods.add(pod("pod-" + i, i + 1, "n" + i % 500));
    }
    informer.store().addIndex("node", pod -> List.of(pod.nodeName()));
    AtomicLong told = new AtomicLong();
    CountDownLatch synced = new CountDownLatch(3);
    for (int i = 0; i < 3; i++) {
      informer.addListener("l" + i, new Counting(told, synced), Duration.ZERO);
    }
    Request list = api.next().opened();
    long before = allocatedBy("sd-reflect-pods");
    list.addedAll(pods);
    list.initialEnd("60000");
    long stored = allocatedBy("sd-reflect-pods") - before;
    synced.await();
    System.out.println(
        "50,000 adds to three listeners: "
            + stored / 50_000
            + " bytes a pod to store and hand out, "
            + told.get() / 50_000
            + " to tell");
    assertThat(informer.store().get(key("pod-49999"))).isNotNull();
    assertThat(stored / 50_000).isLessThan(1_000);
    assertThat(told.get() / 50_000).isLessThan(100);
  }

  private static final class Counting implements ObjectListener<PodView> {
    private final AtomicLong told;
    private final CountDownLatch synced;
    private int adds;

    Counting(AtomicLong told, CountDownLatch synced) {
      this.told = told;
      this.synced = synced;
    }

    @Override
    public void onAdd(PodView pod, boolean initial) {
      adds++;
    }

    @Override
    public void onUpdate(PodView old, PodView now) {}

    @Override
    public void onDelete(PodView last) {}

    @Override
    public void onSynced() {
      assertThat(adds).isEqualTo(50_000);
      told.addAndGet(THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()));
      synced.countDown();
    }
  }

  private static long allocatedBy(String name) {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals(name)) {
        return THREADS.getThreadAllocatedBytes(thread.getId());
      }
    }
    throw new AssertionError("no thread " + name);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    Uninterruptibles.awaitUninterruptibly(latch);
  }
}
