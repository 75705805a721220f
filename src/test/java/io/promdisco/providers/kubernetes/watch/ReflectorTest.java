package io.promdisco.providers.kubernetes.watch;

import static io.promdisco.providers.kubernetes.watch.PodFixtures.pod;
import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ScriptedClient.Request;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.ManualTicker;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The reflector's cycle, as its store and listeners see it. */
class ReflectorTest {
  private final ManualTicker ticker = new ManualTicker();
  private final CollectorRegistry registry = new CollectorRegistry();
  private final ScriptedClient api = new ScriptedClient();
  private final RecordingHealth health = new RecordingHealth();
  private final RecordingListener listener = new RecordingListener();
  private final AtomicBoolean streams = new AtomicBoolean(true);
  private final InformerOptions defaults = InformerOptions.defaults();
  private final SharedInformer<PodView> informer =
      new SharedInformer<>(
          api,
          Resource.PODS,
          new WatchScope("good", "", ""),
          new InformerOptions(
              500,
              defaults.minWatchTimeout(),
              defaults.minResync(),
              defaults.retryPeriod(),
              new Random(11),
              defaults.memory()),
          ticker,
          new PrometheusMetrics(registry),
          streams,
          health);

  @BeforeEach
  void start() {
    informer.addListener("test", listener, Duration.ZERO);
    informer.start();
  }

  @AfterEach
  void close() {
    informer.close();
  }

  /** Finishes a streaming list of {@code pods} at version 10; the watch stays open. */
  private Request synced(PodView... pods) throws InterruptedException {
    Request watch = api.next().opened();
    for (PodView pod : pods) {
      watch.added(pod);
    }
    return watch.initialEnd("10");
  }

  /** Lets the pause before the next try pass, and returns its length. */
  private Duration passPause() throws InterruptedException {
    ticker.awaitAlarms(1);
    Duration pause = ticker.pending().get(0);
    ticker.advance(pause);
    return pause;
  }

  private Set<String> known() {
    Set<String> known = new HashSet<>();
    informer.store().forEach(pod -> known.add(PodFixtures.text(pod)));
    return known;
  }

  private void told(String... told) {
    eventually(() -> assertThat(listener.told).containsExactly(told));
  }

  private double failures() {
    return registry.getSampleValue("prometheus_sd_kubernetes_failures_total");
  }

  // Lists.

  @Test
  void beginsWithAStreamingListOfTheNewestState() throws InterruptedException {
    Request watch = api.next();
    assertThat(watch.list).isFalse();
    assertThat(watch.sendInitialEvents).isTrue();
    assertThat(watch.version).isEmpty();
    assertThat(watch.scope).isEqualTo(new WatchScope("good", "", ""));
    watch.opened().added(pod("a", 7)).added(pod("b", 3));
    assertThat(known()).containsExactlyInAnyOrder("a@7", "b@3");
    assertThat(informer.hasSynced()).isFalse();
    watch.bookmark("5");
    assertThat(informer.hasSynced()).isFalse();
    watch.initialEnd("10");
    assertThat(informer.hasSynced()).isTrue();
    told("+a@7*", "+b@3*", "synced");
    assertThat(api.count()).isEqualTo(1); // The same stream continues as the watch.
  }

  @Test
  void theListenersAreNotWokenForEachObjectOfAList() throws InterruptedException {
    Request watch = api.next().opened().added(pod("a", 1)).added(pod("b", 2));
    assertThat(listener.told).isEmpty();
    watch.initialEnd("10");
    told("+a@1*", "+b@2*", "synced");
  }

  @Test
  void aServerThatRefusesToStreamIsListedByPages() throws InterruptedException {
    api.next().fail(422, "sendInitialEvents is forbidden");
    Request first = api.next();
    assertThat(first.list).isTrue();
    assertThat(first.limit).isEqualTo(500);
    assertThat(first.token).isEmpty();
    assertThat(first.version).isEmpty();
    first.item(pod("a", 1)).page("8", "next");
    assertThat(informer.hasSynced()).isFalse();
    Request second = api.next();
    assertThat(second.token).isEqualTo("next");
    assertThat(second.limit).isEqualTo(500);
    second.item(pod("b", 2)).page("8", "");
    Request watch = api.next();
    assertThat(watch.list).isFalse();
    assertThat(watch.sendInitialEvents).isFalse();
    assertThat(watch.version).isEqualTo("8");
    assertThat(informer.hasSynced()).isTrue();
    told("+a@1*", "+b@2*", "synced");
    assertThat(failures()).isZero();
    assertThat(health.told).isEmpty();
  }

  @Test
  void everyKindOfRefusalToStreamIsUnderstoodAndRemembered() throws InterruptedException {
    int[] codes = {400, 405, 415, 422, 501};
    Request request = api.next();
    for (int code : codes) {
      request.fail(code, "no");
      Request list = api.next();
      assertThat(list.list).as("after %s", code).isTrue();
      list.page("8", "");
      Request watch = api.next();
      assertThat(streams).isFalse();
      ticker.advance(Duration.ofSeconds(2));
      watch.opened().fail(410, "too old"); // A new list is needed, this time in pages.
      Request relist = api.next();
      assertThat(relist.list).isTrue();
      relist.page("9", "");
      streams.set(true);
      ticker.advance(Duration.ofSeconds(2));
      api.next().opened().bookmark("12").fail(410, "too old");
      request = api.next();
      assertThat(request.sendInitialEvents).isTrue();
    }
  }

  @Test
  void aRefusalThatIsNotAboutStreamingIsNotRemembered() throws InterruptedException {
    api.next().fail(400, "bad");
    api.next().fail(400, "the selector is bad"); // The list is refused too.
    passPause();
    assertThat(api.next().sendInitialEvents).isTrue();
    assertThat(streams).isTrue();
  }

  @Test
  void aStreamThatEndsBeforeTheListIsCompleteIsFollowedByPages() throws InterruptedException {
    api.next().opened().added(pod("a", 1)).end();
    Request list = api.next();
    assertThat(list.list).isTrue();
    list.item(pod("b", 2)).page("8", "");
    eventually(() -> assertThat(informer.hasSynced()).isTrue());
    assertThat(known()).containsExactly("b@2");
    assertThat(streams).isTrue();
    told("+a@1*", "+b@2*", "-a@1", "synced");
  }

  @Test
  void aListThatExpiresHalfWayStartsAgain() throws InterruptedException {
    api.next().fail(422, "no streaming");
    api.next().item(pod("a", 1)).page("8", "next");
    api.next().item(pod("b", 2)).fail(410, "the continue token has expired");
    Request again = api.next();
    assertThat(again.token).isEmpty();
    assertThat(again.limit).isEqualTo(500);
    again.item(pod("b", 2)).page("9", "");
    assertThat(api.next().version).isEqualTo("9");
    told("+a@1*", "+b@2*", "-a@1", "synced");
    assertThat(failures()).isZero();
  }

  @Test
  void aListThatExpiresAgainIsAskedForInOne() throws InterruptedException {
    api.next().fail(422, "no streaming");
    for (int i = 0; i < 2; i++) {
      api.next().item(pod("a", 1)).page("8", "next");
      api.next().fail(410, "the continue token has expired");
    }
    Request whole = api.next();
    assertThat(whole.limit).isZero();
    assertThat(whole.token).isEmpty();
    whole.item(pod("a", 1)).page("9", "");
    assertThat(api.next().version).isEqualTo("9");
  }

  @Test
  void aRepeatedContinueTokenIsAFailure() throws InterruptedException {
    synced(pod("a", 1)).fail(410, "too old");
    api.next().fail(422, "no streaming");
    api.next().item(pod("b", 2)).page("8", "next");
    api.next().item(pod("b", 2)).page("8", "next");
    passPause();
    assertThat(known()).containsExactly("a@1", "b@2");
    assertThat(failures()).isEqualTo(1);
    assertThat(api.next().token).isEmpty();
  }

  @Test
  void aListWithoutVersionIsAFailureAndRemovesNothing() throws InterruptedException {
    synced(pod("a", 1)).fail(410, "too old");
    api.next().opened().initialEnd("");
    passPause();
    assertThat(known()).containsExactly("a@1");
    assertThat(failures()).isEqualTo(1);
    Request again = api.next();
    assertThat(again.sendInitialEvents).isTrue();
    again.fail(422, "no streaming any more");
    api.next().page("", "");
    passPause();
    assertThat(known()).containsExactly("a@1");
  }

  // Watches.

  @Test
  void addedModifiedAndDeletedReachTheStoreAndTheListeners() throws InterruptedException {
    Request watch = synced();
    watch.added(pod("a", 11)).modified(pod("a", 12)).added(pod("b", 13)).deleted(pod("a", 14));
    assertThat(known()).containsExactly("b@13");
    told("synced", "+a@11", "a@11>a@12", "+b@13", "-a@12");
  }

  @Test
  void anAddedObjectThatIsKnownIsAnUpdateAndADeletedOneThatIsNotIsIgnored()
      throws InterruptedException {
    Request watch = synced(pod("a", 1));
    watch.added(pod("a", 11)).modified(pod("b", 12)).deleted(pod("c", 13));
    told("+a@1*", "synced", "a@1>a@11", "+b@12");
  }

  @Test
  void anEventOfTheVersionThatIsKnownIsNone() throws InterruptedException {
    Request watch = synced(pod("a", 1));
    watch.added(pod("a", 1)).modified(pod("a", 1)).modified(pod("a", 11));
    told("+a@1*", "synced", "a@1>a@11");
  }

  @Test
  void watchesLiveForOnceToTwiceTheMinimumAtRandom() throws InterruptedException {
    List<Integer> seconds = new ArrayList<>();
    Request watch = synced();
    for (int i = 0; i < 60; i++) {
      seconds.add(watch.timeoutSeconds);
      ticker.advance(Duration.ofMinutes(5));
      watch.opened().end();
      watch = api.next();
    }
    assertThat(seconds).allMatch(each -> each >= 300 && each <= 600);
    assertThat(new HashSet<>(seconds)).hasSizeGreaterThan(40);
    assertThat(seconds).anyMatch(each -> each < 360).anyMatch(each -> each > 540);
  }

  @Test
  void aWatchThatEndsInGoodOrderIsFollowedByOneFromThereWithoutAList() throws InterruptedException {
    Request watch = synced(pod("a", 1)).added(pod("b", 17));
    ticker.advance(Duration.ofMinutes(7));
    watch.end();
    Request next = api.next();
    assertThat(next.list).isFalse();
    assertThat(next.sendInitialEvents).isFalse();
    assertThat(next.version).isEqualTo("17");
    assertThat(failures()).isZero();
    told("+a@1*", "synced", "+b@17");
  }

  @Test
  void watchesThatEndImmediatelyAreNotRetriedInATightLoop() throws InterruptedException {
    synced().end();
    passPause();
    api.next().opened().end();
    for (int i = 0; i < 12; i++) {
      assertThat(passPause()).isEqualTo(defaults.retryPeriod());
      api.next().opened().end();
    }
  }

  @Test
  void aWatchResumesAfterTheLastBookmark() throws InterruptedException {
    Request watch = synced().added(pod("a", 11)).bookmark("40");
    ticker.advance(Duration.ofMinutes(5));
    watch.end();
    assertThat(api.next().version).isEqualTo("40");
    told("synced", "+a@11");
  }

  @Test
  void anOlderOrInvalidBookmarkChangesNothing() throws InterruptedException {
    Request watch = synced(pod("a", 1)).bookmark("1000");
    watch.bookmark("999").bookmark("7").bookmark("").bookmark("rubbish").bookmark("-3");
    watch.initialEnd("5");
    assertThat(known()).containsExactly("a@1");
    ticker.advance(Duration.ofMinutes(5));
    watch.end();
    assertThat(api.next().version).isEqualTo("1000");
    told("+a@1*", "synced");
  }

  @Test
  void versionsThatAreNotNumbersAreOrderedByArrival() throws InterruptedException {
    Request watch = api.next().opened().initialEnd("b-7");
    watch.bookmark("a-2");
    ticker.advance(Duration.ofMinutes(5));
    watch.end();
    assertThat(api.next().version).isEqualTo("a-2");
  }

  @Test
  void aListWithoutAUsableVersionContinuesFromItsNewestObject() throws InterruptedException {
    Request watch = api.next().opened().added(pod("a", 9)).added(pod("b", 31)).added(pod("c", 4));
    watch.initialEnd("rubbish");
    assertThat(informer.hasSynced()).isTrue();
    ticker.advance(Duration.ofMinutes(5));
    watch.end();
    assertThat(api.next().version).isEqualTo("31");
  }

  // Expired versions.

  @Test
  void anExpiredVersionIsListedAgainImmediatelyAndKnownObjectsStay() throws InterruptedException {
    synced(pod("a", 1), pod("b", 2), pod("c", 3)).fail(410, "too old resource version");
    Request again = api.next();
    assertThat(again.sendInitialEvents).isTrue();
    assertThat(again.version).isEmpty();
    assertThat(known()).containsExactlyInAnyOrder("a@1", "b@2", "c@3");
    again.opened().added(pod("a", 1)).added(pod("b", 20)).added(pod("d", 21));
    assertThat(known()).containsExactlyInAnyOrder("a@1", "b@20", "c@3", "d@21");
    again.initialEnd("30");
    assertThat(known()).containsExactlyInAnyOrder("a@1", "b@20", "d@21");
    told("+a@1*", "+b@2*", "+c@3*", "synced", "b@2>b@20", "+d@21", "-c@3");
    assertThat(failures()).isZero();
    assertThat(health.told).isEmpty();
  }

  @Test
  void anExpiredReasonCountsAsGone() throws InterruptedException {
    synced().fail(new ApiException(500, "Expired", "expired", null));
    assertThat(api.next().sendInitialEvents).isTrue();
  }

  @Test
  void aRelistThatBreaksRemovesNothing() throws InterruptedException {
    synced(pod("a", 1), pod("b", 2)).fail(410, "gone");
    api.next().opened().added(pod("b", 20)).fail(new IOException("cut"));
    assertThat(known()).containsExactlyInAnyOrder("a@1", "b@20");
    passPause();
    Request third = api.next().opened();
    assertThat(third.sendInitialEvents).isTrue();
    third.added(pod("a", 1)).initialEnd("40");
    assertThat(known()).containsExactly("a@1"); // b was in the list that broke, not in this one.
    told("+a@1*", "+b@2*", "synced", "b@2>b@20", "-b@20");
  }

  @Test
  void whatABrokenFirstListShowedIsRemovedIfTheNextDoesNotHoldIt() throws InterruptedException {
    api.next().opened().added(pod("a", 1)).added(pod("b", 2)).fail(new IOException("cut"));
    told("+a@1*", "+b@2*"); // Delivered at once, although the pause is not over.
    passPause();
    api.next().opened().added(pod("b", 2)).initialEnd("10");
    assertThat(known()).containsExactly("b@2");
    told("+a@1*", "+b@2*", "-a@1", "synced");
  }

  @Test
  void anObjectDeletedWhileAListStreamsIsNotRemovedTwice() throws InterruptedException {
    synced(pod("a", 1), pod("b", 2)).fail(410, "gone");
    api.next().opened().added(pod("a", 1)).deleted(pod("a", 20)).initialEnd("30");
    told("+a@1*", "+b@2*", "synced", "-a@1", "-b@2");
  }

  @Test
  void aVersionThatIsGoneAgainAndAgainIsAFailureWithPauses() throws InterruptedException {
    synced().fail(410, "gone");
    api.next().opened().initialEnd("11").fail(410, "gone");
    passPause();
    assertThat(failures()).isEqualTo(1);
    assertThat(health.told).hasSize(1);
    Request well = api.next().opened().initialEnd("12").bookmark("13");
    well.fail(410, "gone"); // After an event the pause is the first one again.
    assertThat(api.next().sendInitialEvents).isTrue();
    assertThat(failures()).isEqualTo(1);
  }

  @Test
  void aVersionThatTheServerDoesNotUnderstandIsListedAgain() throws InterruptedException {
    synced(pod("a", 1)).fail(400, "invalid resource version");
    passPause();
    api.next().opened().added(pod("a", 1)).initialEnd("5").fail(504, "Too large resource version");
    passPause();
    assertThat(api.next().sendInitialEvents).isTrue();
    assertThat(known()).containsExactly("a@1");
  }

  // Failures.

  @Test
  void brokenWatchResumesFromTheLastVersionAndKeepsEverything() throws InterruptedException {
    synced(pod("a", 1)).added(pod("b", 17)).fail(new IOException("connection broke"));
    Duration pause = passPause();
    assertThat(pause).isLessThanOrEqualTo(defaults.retryPeriod());
    Request next = api.next();
    assertThat(next.list).isFalse();
    assertThat(next.sendInitialEvents).isFalse();
    assertThat(next.version).isEqualTo("17");
    assertThat(known()).containsExactlyInAnyOrder("a@1", "b@17");
  }

  @Test
  void theServersErrorEventIsAFailureToo() throws InterruptedException {
    synced(pod("a", 1)).fail(500, "etcd leader changed");
    passPause();
    assertThat(api.next().version).isEqualTo("10");
    assertThat(known()).containsExactly("a@1");
  }

  @Test
  void brokenWatchIsRetriedOnceInEachPeriodWithoutEnd() throws InterruptedException {
    synced().fail(new IOException("cut"));
    assertThat(passPause()).isLessThanOrEqualTo(defaults.retryPeriod());
    for (int i = 0; i < 200; i++) {
      api.next().fail(new IOException("still cut"));
      assertThat(passPause()).isEqualTo(defaults.retryPeriod());
    }
    eventually(() -> assertThat(failures()).isEqualTo(201));
    Request back = api.next().opened();
    assertThat(back.version).isEqualTo("10");
    back.added(pod("new", 60));
    told("synced", "+new@60");
  }

  @Test
  void theServersRetryAfterIsHonoured() throws InterruptedException {
    synced().fail(new ApiException(429, "TooManyRequests", "later", Duration.ofSeconds(7)));
    Duration period = defaults.retryPeriod();
    Duration seven = Duration.ofSeconds(7);
    assertThat(passPause())
        .isBetween(
            seven, seven.plus(period)); // Spread over time, since many clients get this answer.
    api.next().fail(new ApiException(503, "", "starting", Duration.ofSeconds(90)));
    Duration ninety = Duration.ofSeconds(90);
    assertThat(passPause()).isBetween(ninety, ninety.plus(period));
    api.next().fail(new ApiException(429, "", "come back tomorrow", Duration.ofDays(1)));
    Duration longest = Duration.ofMinutes(5);
    assertThat(passPause()).isBetween(longest, longest.plus(period));
  }

  /** The answer of a server that has just started. */
  private static ApiException cacheFilling() {
    return new ApiException(
        429, "TooManyRequests", "storage is (re)initializing", Duration.ofSeconds(1));
  }

  @Test
  void whileTheServerFillsItsWatchCacheNewObjectsAreFoundAndNoneRemoved()
      throws InterruptedException {
    synced(pod("a", 1), pod("b", 2)).fail(cacheFilling());
    Request count = api.next();
    assertThat(count.list).isTrue();
    assertThat(count.limit).isEqualTo(1);
    count.item(pod("a", 1)).page("20", "more", 2);
    api.next().item(pod("a", 1)).item(pod("c", 15)).item(pod("d", 16)).page("20", "");
    told("+a@1*", "+b@2*", "synced", "+c@15", "+d@16");
    passPause();
    Request watch = api.next();
    assertThat(watch.version).isEqualTo("10"); // The changes since version 10 have not arrived yet.
    watch.opened().added(pod("c", 15)).deleted(pod("b", 17));
    told("+a@1*", "+b@2*", "synced", "+c@15", "+d@16", "-b@2");
  }

  @Test
  void thePauseThatWasAskedForRunsWhileNewObjectsAreLookedFor() throws InterruptedException {
    synced().fail(cacheFilling());
    Request count = api.next();
    ticker.advance(Duration.ofMillis(700));
    count.page("20", "");
    assertThat(passPause()).isBetween(Duration.ofMillis(300), Duration.ofMillis(401));
    api.next().fail(cacheFilling());
    Request slow = api.next();
    ticker.advance(Duration.ofSeconds(5));
    slow.page("20", "");
    assertThat(api.next().version).isEqualTo("10");
  }

  @Test
  void theWatchIsRetriedAfterAnyFailureInTheSearchForNewObjects() throws InterruptedException {
    synced(pod("a", 1)).fail(cacheFilling());
    for (Throwable thrown :
        List.of(
            new IOException("cut"),
            new ApiException(429, "", "busy", Duration.ofMinutes(1)),
            new OutOfMemoryError("a frame of 2 GB"),
            new NullPointerException())) {
      api.next().fail(thrown);
      assertThat(passPause()).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1101));
      Request watch = api.next();
      assertThat(watch.version).isEqualTo("10");
      watch.fail(cacheFilling());
    }
    api.next().page("20", "more", -1); // The page does not say how many items remain.
    passPause();
    assertThat(api.next().list).isFalse();
    assertThat(known()).containsExactly("a@1");
    assertThat(failures()).isEqualTo(5);
  }

  @Test
  void aServerThatIsMerelyBusyIsNotAskedMore() throws InterruptedException {
    synced().fail(new ApiException(429, "TooManyRequests", "busy", Duration.ofSeconds(1)));
    passPause();
    assertThat(api.next().list).isFalse();
    assertThat(api.count()).isEqualTo(2);
  }

  @Test
  void beforeAListWasCompleteNothingNewIsLookedFor() throws InterruptedException {
    api.next().fail(cacheFilling());
    passPause();
    assertThat(api.next().sendInitialEvents).isTrue();
    assertThat(api.count()).isEqualTo(2);
  }

  @Test
  void closeEndsTheSearchForNewObjects() throws InterruptedException {
    synced().fail(cacheFilling());
    Request count = api.next();
    informer.close();
    assertThat(count.isOver()).isTrue();
    assertThat(api.poll()).isNull();
  }

  @Test
  void exceptionOfADecoderDoesNotEndTheCycle() throws InterruptedException {
    synced(pod("a", 1)).fail(new IllegalStateException("a field of the wrong kind"));
    for (Throwable thrown :
        List.of(
            new StackOverflowError("deep"),
            new OutOfMemoryError("a frame of 2 GB"),
            new AssertionError("impossible"),
            new NoClassDefFoundError("x"),
            new NullPointerException())) {
      passPause();
      Request next = api.next();
      assertThat(next.version).isEqualTo("10");
      next.fail(thrown);
    }
    passPause();
    api.next().opened().added(pod("b", 17));
    assertThat(known()).containsExactlyInAnyOrder("a@1", "b@17");
    assertThat(failures()).isEqualTo(6);
  }

  @Test
  void anInterruptFromElsewhereDoesNotEndTheWatch() throws InterruptedException {
    synced(pod("a", 1));
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("sd-reflect-pods-good")) {
        thread.interrupt();
      }
    }
    passPause();
    api.next().opened().added(pod("b", 17));
    assertThat(known()).containsExactlyInAnyOrder("a@1", "b@17");
  }

  @Test
  void closeEndsARequestThatIsUnderWay() throws InterruptedException {
    Request watch = synced();
    informer.close();
    assertThat(watch.isOver()).isTrue();
    assertThat(api.poll()).isNull();
    assertThat(failures()).isZero();
  }

  @Test
  void closeEndsAPause() throws InterruptedException {
    synced().fail(new IOException("cut"));
    ticker.awaitAlarms(1);
    informer.close();
    assertThat(ticker.pending()).isEmpty();
  }

  // Messages and metrics.

  @Test
  void failuresAreCountedByServerAndResource() throws InterruptedException {
    synced().fail(500, "x");
    passPause();
    api.next().fail(new IOException("y"));
    ticker.awaitAlarms(1);
    assertThat(failures()).isEqualTo(2);
    assertThat(
            registry.getSampleValue(
                "promdisco_kubernetes_watch_failures_total",
                new String[] {"server", "resource"},
                new String[] {"https://api:6443", "pods"}))
        .isEqualTo(2);
  }

  @Test
  void healthGetsEachFailureWithItsPauseAndTheRecovery() throws InterruptedException {
    synced().fail(403, "pods is forbidden");
    Duration first = passPause();
    api.next().fail(new IOException("cannot connect"));
    Duration second = passPause();
    assertThat(health.pauses).containsExactly(first, second);
    String part = "https://api:6443 pods in namespace \"good\"";
    assertThat(health.told)
        .containsExactly(
            "failing "
                + part
                + ": 403 Forbidden to list and watch pods in namespace \"good\": grant verbs [list,"
                + " watch] on resource \"pods\" in apiGroup \"\" (ClusterRole, or Role in"
                + " namespace \"good\"); the server says: pods is forbidden",
            "failing " + part + ": cannot connect");
    Request brief = api.next().opened();
    assertThat(health.told).hasSize(2); // The connection may break again at once.
    brief.fail(new IOException("cannot connect"));
    eventually(
        () ->
            assertThat(health.told)
                .hasSize(3)); // The watch has lasted long enough to count as healthy.
    passPause();
    api.next().opened();
    ticker.advance(Duration.ofSeconds(1));
    assertThat(health.told).hasSize(4).endsWith("recovered " + part);
  }

  @Test
  void aStreamingListThatIsAcceptedDoesNotCountAsWellBeforeItIsComplete()
      throws InterruptedException {
    api.next().fail(new IOException("cut"));
    passPause();
    Request list = api.next().opened().added(pod("a", 1));
    assertThat(health.told).hasSize(1);
    list.initialEnd("10");
    assertThat(health.told).hasSize(2);
    assertThat(health.told.get(1)).startsWith("recovered");
  }

  @Test
  void aCompleteListEndsTheFailureBeforeListenersGetIt() throws InterruptedException {
    api.next().fail(422, "no streaming");
    api.next().fail(429, "busy");
    passPause();
    api.next().fail(422, "no streaming");
    AtomicBoolean wellAtSync = new AtomicBoolean();
    informer.addListener(
        "sync",
        new RecordingListener() {
          @Override
          public void onSynced() {
            wellAtSync.set(health.told.size() == 2);
          }
        },
        Duration.ZERO);
    api.next().item(pod("a", 1)).page("8", "");
    api.next(); // A watch that the server has never accepted.
    assertThat(health.told).hasSize(2);
    assertThat(health.told.get(1)).startsWith("recovered");
    eventually(() -> assertThat(wellAtSync).isTrue());
  }

  @Test
  void aListThatWorksDoesNotHideAWatchThatIsForbidden() throws InterruptedException {
    api.next().fail(422, "no streaming");
    api.next().item(pod("a", 1)).page("8", "");
    for (int i = 0; i < 3; i++) {
      api.next().fail(403, "cannot watch");
      passPause();
    }
    api.next().fail(410, "gone");
    api.next().page("9", "");
    api.next().fail(403, "cannot watch");
    ticker.awaitAlarms(1);
    assertThat(health.told).hasSize(4).allMatch(told -> told.startsWith("failing"));
  }

  @Test
  void sinceWhenAWatchIsBrokenIsAMetric() throws InterruptedException {
    Request watch = synced(pod("a", 1));
    assertThat(brokenSince()).isNull();
    double before = ticker.now().toEpochMilli() / 1e3;
    watch.fail(new IOException("cut"));
    passPause();
    api.next().fail(new IOException("cut"));
    passPause();
    assertThat(brokenSince()).isEqualTo(before);
    Request back = api.next().opened().bookmark("20");
    assertThat(brokenSince()).isNull();
    back.fail(new IOException("cut"));
    ticker.awaitAlarms(1);
    assertThat(brokenSince()).isGreaterThan(before);
    informer.close(); // Closed by everybody, so it must not try again.
    assertThat(brokenSince()).isNull();
  }

  private @Nullable Double brokenSince() {
    return registry.getSampleValue(
        "promdisco_kubernetes_watch_broken_since_timestamp_seconds",
        new String[] {"server", "resource", "scope"},
        new String[] {"https://api:6443", "pods", "in namespace \"good\""});
  }

  @Test
  void logsOneLineWhenAWatchBreaksAndOneWhenItRecovers() throws InterruptedException {
    Request watch = synced(pod("a", 1), pod("b", 2));
    try (CapturedLog log = new CapturedLog()) {
      watch.fail(new IOException("connection to https://api:6443 broke: closed"));
      for (int i = 0; i < 10; i++) {
        passPause();
        api.next().fail(new IOException("still broken"));
      }
      passPause();
      ticker.advance(Duration.ofSeconds(10));
      api.next().fail(403, "not any more");
      passPause();
      api.next().fail(401, "soon");
      passPause();
      api.next().opened().bookmark("20");
      assertThat(log.lines("WARN"))
          .hasSize(2) // The second message says that the reason has changed.
          .first()
          .asString()
          .matches(
              ".*https://api:6443 pods in namespace \"good\": connection to https://api:6443 broke:"
                  + " closed; keeping 2 objects, next try in \\d+ ms");
      assertThat(log.lines("WARN", "403 Forbidden")).hasSize(1);
      assertThat(log.lines("INFO", "https://api:6443 pods in namespace \"good\": works again"))
          .hasSize(1);
    }
  }
}
