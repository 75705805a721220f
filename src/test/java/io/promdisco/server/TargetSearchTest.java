package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.util.concurrent.Uninterruptibles;
import com.sun.management.ThreadMXBean;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.scrape.PoolView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TargetSearchTest {
  private static final int TARGETS = 9_000; // few enough for one thread to search

  private final FakeBackend backend = new FakeBackend();
  private final TargetSearchCache listing = new TargetSearchCache(System::nanoTime, Runnable::run);

  private static Labels pod(int i) {
    Labels.Builder labels = Labels.builder(20);
    labels.set("__address__", "10.0." + i / 256 + "." + i % 256 + ":8080");
    labels.set("__meta_pod", "Web-" + i);
    for (int j = 0; j < 18; j++) {
      labels.set("__meta_label_" + j, "value-" + j + "-" + i % (j * 13 + 1));
    }
    return labels.build();
  }

  private void discover(int pods) {
    backend.configure("shop");
    List<Labels> many = IntStream.range(0, pods).mapToObj(TargetSearchTest::pod).toList();
    backend.discover("shop", new TargetGroup("pods", many, Labels.EMPTY));
  }

  private int total(String query, TargetSearchCache in) throws IOException {
    return search(query, in).path("total").asInt(-1);
  }

  private JsonNode search(String query, TargetSearchCache in) throws IOException {
    return search(query, "any", in);
  }

  private JsonNode search(String query, String state, TargetSearchCache in) throws IOException {
    Map<String, String> given = Map.of("q", query, "state", state, "limit", "1");
    AnswerSource parts =
        AnswerSource.json(
            TargetSearch.of(name -> given.getOrDefault(name, "")).document(in, backend.pools()));
    ByteBuffer whole = parts.next().bytes(); // a page of one target is one part
    return ServerTestCase.parse(StandardCharsets.UTF_8.decode(whole).toString()).path("data");
  }

  @Test
  void eachKeystrokeFindsWhatTheWholeWordWouldFind() throws IOException {
    discover(1200);
    for (String query :
        List.of("web-119", "POD=WEB-7", "8080/metrics", "web-1 value-3-7", "http://10.0.0.7:")) {
      for (int end = 1; end <= query.length(); end++) {
        String typed = query.substring(0, end);
        assertThat(total(typed, listing))
            .as(typed)
            .isEqualTo(total(typed, new TargetSearchCache(System::nanoTime, Runnable::run)))
            .isPositive();
      }
    }
    assertThat(total("web-119", listing)).isEqualTo(11);
    assertThat(total("pod=web-7", listing)).isEqualTo(111);
  }

  @Test
  void aSlowListIsRenewedInTheBackground() throws IOException {
    AtomicLong clock = new AtomicLong();
    long slow = Duration.ofMillis(60).toNanos(); // for each reading of the clock
    Deque<Runnable> renewals = new ArrayDeque<>();
    TargetSearchCache listing = new TargetSearchCache(() -> clock.addAndGet(slow), renewals::add);
    discover(3);
    assertThat(total("", listing)).isEqualTo(3);

    discover(5);
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    JsonNode before = search("", listing);
    assertThat(before.path("total").asInt()).isEqualTo(3);
    assertThat(before.path("pending").asBoolean()).isTrue();
    assertThat(renewals).as("active, dropped and failed ones").hasSize(3);
    assertThat(total("", listing)).isEqualTo(3);
    assertThat(renewals).as("none twice").hasSize(3);

    renewals.forEach(Runnable::run);
    JsonNode after = search("", listing);
    assertThat(after.path("total").asInt()).isEqualTo(5);
    assertThat(after.path("pending").asBoolean(true)).isFalse();

    discover(7);
    clock.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(total("", listing)).as("too old to be shown").isEqualTo(7);
  }

  @Test
  void requestsForAListThatIsBeingMadeShareIt() throws Exception {
    discover(3);
    AtomicLong looks =
        new AtomicLong(); // readings of the clock: four by the thread that makes a list, two by
    // others
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    TargetSearchCache listing =
        new TargetSearchCache(
            () -> {
              long look = looks.incrementAndGet();
              if (look == 3) {
                making.countDown();
                Uninterruptibles.awaitUninterruptibly(goOn);
              }
              return look;
            },
            Runnable::run);
    List<Integer> totals = new CopyOnWriteArrayList<>();
    Runnable search =
        () -> {
          try {
            totals.add(search("", "active", listing).path("total").asInt());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    Thread first = new Thread(search);
    first.start();
    making.await();
    Thread second = new Thread(search);
    second.start();
    eventually(() -> assertThat(second.getState()).isEqualTo(Thread.State.WAITING));
    goOn.countDown();
    first.join();
    second.join();
    assertThat(totals).containsExactly(3, 3);
    assertThat(looks).hasValue(6);
  }

  @Test
  void searchMakesNoCopiesOfTheTargets() throws IOException {
    discover(TARGETS);
    assertThat(total("absent", listing)).isZero(); // the list is complete
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long before = threads.getThreadAllocatedBytes(thread);
    for (int i = 0; i < 5; i++) {
      assertThat(total(i + "-not-there", listing)).isZero();
    }
    long each = (threads.getThreadAllocatedBytes(thread) - before) / 5;
    assertThat(each / TARGETS).as("bytes per target").isLessThan(100);
  }

  @Test
  void tooManyWordsOrCharactersAreRefused() throws IOException {
    discover(3);
    assertThat(total("a ".repeat(20), listing)).isNotNegative();
    assertThat(total("a".repeat(1000), listing)).isZero();
    assertThatThrownBy(() -> total("a ".repeat(21), listing))
        .isInstanceOf(RequestException.class)
        .hasMessage("q: 21 words (expected at most 20)");
    assertThatThrownBy(() -> total("a".repeat(1001), listing))
        .isInstanceOf(RequestException.class)
        .hasMessage("q: 1001 characters (expected at most 1000)");
  }

  /** A search keeps some kilobytes for each word, about the texts it has tested. */
  @Test
  void onlyTheWordsAndResultsOfASearchAreKept() {
    discover(1200);
    List<WeakReference<SearchTerms>> searches = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      searches.add(search(SearchTerms.of("value-" + i + "- web")));
    }
    eventually(
        () -> {
          System.gc();
          assertThat(searches).allMatch(each -> each.refersTo(null));
        });
  }

  private WeakReference<SearchTerms> search(SearchTerms terms) {
    for (PoolView pool : backend.pools()) {
      assertThat(listing.of(pool, TargetSearchCache.State.ANY, terms).lists().get(0)).hasSize(1200);
    }
    return new WeakReference<>(terms);
  }
}
