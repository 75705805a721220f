package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.discovery.JobStatus;
import io.promdisco.model.Labels;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.Closer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class StreamTest {
  private static final int REMEMBERED = 8;
  private static final JobStatus.Missing MISSING =
      new JobStatus.Missing("kubernetes/0", "pods: no route");

  private final FakeBackend backend = new FakeBackend();
  private final ManualTicker ticker = new ManualTicker();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Closer live = new Closer();
  private final RecentHistory state;
  private final PromdiscoServer server;

  StreamTest() throws IOException {
    backend.configure("shop", "ops");
    state = live.add(new RecentHistory(backend, ticker, FakeBackend.streams(50), REMEMBERED));
    server = PromdiscoServer.start(ServerTestCase.LOOPBACK, backend, state, live);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String url() {
    return server.url() + StreamEndpoint.PATH;
  }

  private EventReader open(String query) throws Exception {
    return new EventReader(client, url() + query, "");
  }

  /** Opens a stream and reads what it begins with. */
  private EventReader synced(String query) throws Exception {
    EventReader reader = open(query);
    while (!reader.next().name().equals("synced")) {
      // The events in between are the subject of another test.
    }
    return reader;
  }

  private void pods(String job, String pod, String... addresses) {
    backend.discover(job, Labels.of("__meta_pod", pod), addresses);
  }

  @Test
  void sendsAllTargetsAndThenEachChange() throws Exception {
    pods("shop", "a", "1.1.1.1:80", "1.1.1.2:80");
    eventually(() -> assertThat(metric("events_total")).isEqualTo(2));
    try (EventReader reader = open("")) {
      EventReader.Event reset = reader.next();
      assertThat(reset.name()).isEqualTo("reset");
      assertThat(reset.data()).isEqualTo("{\"reason\":\"first\",\"targets\":2}");
      EventReader.Event first = reader.next();
      assertThat(first.name()).isEqualTo("target");
      assertThat(first.json().at("/scrapePool").asText()).isEqualTo("shop");
      assertThat(first.json().at("/scrapeUrl").asText()).isEqualTo("http://1.1.1.1:80/metrics");
      assertThat(first.json().at("/labels/pod").asText()).isEqualTo("a");
      assertThat(first.json().at("/discoveredLabels/__meta_pod").asText()).isEqualTo("a");
      assertThat(reader.next().name()).isEqualTo("target");
      assertThat(reader.lastId()).isEmpty();
      assertThat(reader.next().name()).isEqualTo("synced");
      assertThat(reader.lastId()).isNotEmpty();
      drain(reader);

      pods("shop", "b", "1.1.1.1:80");
      EventReader.Event changed = reader.next();
      assertThat(changed.name()).isEqualTo("changed");
      assertThat(changed.json().at("/labels/pod").asText()).isEqualTo("b");
      assertThat(changed.json().at("/before/labels/pod").asText()).isEqualTo("a");
      assertThat(changed.json().at("/before/id")).isEqualTo(first.json().at("/id"));
      EventReader.Event removed = reader.next();
      assertThat(metric("events_total")).isEqualTo(5); // including that of the marker
      assertThat(removed.name()).isEqualTo("removed");
      assertThat(removed.json().at("/labels/instance").asText()).isEqualTo("1.1.1.2:80");
    }
  }

  /**
   * Reads up to a marker that it adds itself: the listener may repeat what the snapshot contained.
   */
  private void drain(EventReader reader) throws IOException {
    backend.discover("ops", Labels.EMPTY, "marker:1");
    JsonNode seen;
    do {
      seen = reader.next().json();
    } while (!seen.at("/labels/instance").asText().equals("marker:1"));
  }

  @Test
  void aSnapshotOfAJobWaitsUntilTheJobIsComplete() throws Exception {
    backend.set(FakeBackend.incomplete("shop", 1, MISSING));
    HttpResponse<String> answer = send("GET", "?scrapePool=shop");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("2");
    assertThat(ServerTestCase.parse(answer.body()).at("/error").asText())
        .isEqualTo("incomplete: job shop: kubernetes/0: pods: no route");
    assertThat(send("GET", "?scrapePool=nobody").statusCode()).isEqualTo(404);
    assertThat(metric("readers")).isZero();
    synced("?scrapePool=ops").close();
    open("?scrapePool=shop&snapshot=false").close();
    backend.set(FakeBackend.complete("shop", 1));
    synced("?scrapePool=shop").close();
  }

  @Test
  void aSnapshotOfAllJobsNamesIncompleteJobsAndSendsEachOnceItIsComplete() throws Exception {
    pods("ops", "o", "9.9.9.9:80");
    pods("shop", "a", "1.1.1.1:80");
    eventually(() -> assertThat(metric("events_total")).isEqualTo(2));
    backend.set(FakeBackend.incomplete("shop", 1, MISSING));
    try (EventReader reader = open("");
        EventReader changes = open("?snapshot=false")) {
      assertThat(reader.next().name()).isEqualTo("reset");
      assertThat(reader.next().name()).isEqualTo("target");
      assertThat(reader.next().name()).isEqualTo("target");
      EventReader.Event synced = reader.next();
      assertThat(synced.name()).isEqualTo("synced");
      assertThat(synced.data())
          .isEqualTo(
              "{\"incomplete\":[{\"scrapePool\":\"shop\","
                  + "\"reason\":\"kubernetes/0: pods: no route\"}]}");
      String before = reader.lastId();

      backend.set(FakeBackend.complete("shop", 1));
      assertThat(reader.next())
          .isEqualTo(new EventReader.Event("complete", "{\"scrapePool\":\"shop\"}"));
      EventReader.Event target = reader.next();
      assertThat(target.name()).isEqualTo("target");
      assertThat(target.json().at("/labels/pod").asText()).isEqualTo("a");
      assertThat(reader.lastId())
          .isEqualTo(before); // A client that reconnects now gets these events again.
      assertThat(reader.next())
          .isEqualTo(
              new EventReader.Event("synced", "{\"scrapePool\":\"shop\",\"incomplete\":[]}"));
      assertThat(reader.lastId()).isNotEqualTo(before);

      try (EventReader again = new EventReader(client, url(), before)) {
        assertThat(again.next().name()).isEqualTo("complete");
        assertThat(again.next().name()).isEqualTo("target");
        assertThat(again.next().name()).isEqualTo("synced");
      }

      backend.set(FakeBackend.incomplete("shop", 2, MISSING));
      assertThat(reader.next().name()).isEqualTo("incomplete");
      assertThat(changes.next().name()).isEqualTo("reset");
      assertThat(changes.next().name()).isEqualTo("complete");
      assertThat(changes.next().name()).isEqualTo("incomplete"); // No targets were sent in between.
    }
  }

  @Test
  void aJobThatIsIncompleteAgainIsNotReportedAsComplete() throws Exception {
    pods("shop", "a", "1.1.1.1:80");
    eventually(() -> assertThat(metric("events_total")).isEqualTo(1));
    String last;
    try (EventReader reader = synced("")) {
      last = reader.lastId();
    }
    backend.set(FakeBackend.complete("shop", 1));
    backend.set(FakeBackend.incomplete("shop", 2, MISSING));
    try (EventReader reader = new EventReader(client, url(), last)) {
      assertThat(reader.next().name()).isEqualTo("incomplete");
    }
  }

  @Test
  void aSnapshotThatIsTakenWhileTheSourcesChangeNamesTheJob() throws Exception {
    AtomicInteger stamps = new AtomicInteger();
    backend.beforePools =
        () -> {
          if (stamps.incrementAndGet() == 1) {
            backend.set(FakeBackend.complete("shop", 1));
          }
        };
    try (EventReader reader = open("")) {
      assertThat(reader.next().name()).isEqualTo("reset");
      EventReader.Event synced = reader.next();
      assertThat(synced.json().at("/incomplete/0/scrapePool").asText()).isEqualTo("shop");
      assertThat(synced.json().at("/incomplete/0/reason").asText())
          .isEqualTo("its sources have just been replaced");
    }
  }

  @Test
  void resumesAfterTheLastEventIdWithoutGapsAndRepetitions() throws Exception {
    String last;
    try (EventReader reader = synced("")) {
      pods("shop", "a", "1.1.1.1:80");
      assertThat(reader.next().name()).isEqualTo("added");
      last = reader.lastId();
    }
    pods("shop", "a", "1.1.1.1:80", "1.1.1.2:80");
    try (EventReader reader = new EventReader(client, url(), last)) {
      EventReader.Event event = reader.next();
      assertThat(event.name()).isEqualTo("added");
      assertThat(event.json().at("/labels/instance").asText()).isEqualTo("1.1.1.2:80");
    }
  }

  @Test
  void anIdThatIsNoLongerRememberedOrNotOurs_beginsAgain() throws Exception {
    String last;
    try (EventReader reader = synced("")) {
      pods("shop", "a", "1.1.1.1:80");
      reader.next();
      last = reader.lastId();
    }
    String[] many =
        IntStream.range(0, REMEMBERED + 1)
            .mapToObj(i -> "2.2.2." + i + ":80")
            .toArray(String[]::new);
    pods("shop", "b", many);
    eventually(
        () -> {
          try (EventReader reader = new EventReader(client, url(), last)) {
            assertThat(reader.next().data())
                .isEqualTo(
                    "{\"reason\":\"no longer stored\",\"targets\":" + (REMEMBERED + 1) + "}");
          }
        });
    for (String foreign : List.of("1", "ffffffff-1", last + "0000", "x")) {
      try (EventReader reader = new EventReader(client, url(), foreign)) {
        assertThat(reader.next().name()).as(foreign).isEqualTo("reset");
      }
    }
  }

  @Test
  void tellsOfOneJobOnlyAndOfNoSnapshotWhenAsked() throws Exception {
    pods("ops", "x", "9.9.9.9:80");
    try (EventReader reader = open("?scrapePool=shop&snapshot=false")) {
      assertThat(reader.next().data()).isEqualTo("{\"reason\":\"first\"}");
      String before = reader.lastId();
      assertThat(before).isNotEmpty();
      pods("ops", "y", "9.9.9.9:80");
      pods("shop", "a", "1.1.1.1:80");
      EventReader.Event event = reader.next();
      assertThat(event.json().at("/scrapePool").asText()).isEqualTo("shop");
      assertThat(reader.lastId()).isNotEqualTo(before);
    }
  }

  @Test
  void showsThatItLivesAndHowFarItIs() throws Exception {
    try (EventReader reader = synced("?scrapePool=shop")) {
      String id = reader.lastId();
      ticker.advance(StreamHub.HEARTBEAT);
      assertThat(reader.line()).isEqualTo(":");
      assertThat(reader.line()).isEqualTo("id: " + id);
    }
  }

  @Test
  void manyStreamsOccupyNoThreadsAndOneTooManyGetsTheReason() throws Exception {
    List<EventReader> readers = new ArrayList<>();
    readers.add(synced(""));
    long threads = serverThreads();
    for (int i = 1; i < 50; i++) {
      readers.add(synced(""));
    }
    assertThat(metric("readers")).isEqualTo(50);
    // The server's pool has at most eight threads, whatever the number of clients.
    assertThat(serverThreads()).isLessThanOrEqualTo(Math.max(threads, 11));
    HttpResponse<String> refused = send("GET", "");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).contains("10");
    assertThat(ServerTestCase.parse(refused.body()).at("/error").asText())
        .isEqualTo("there are 50 streams already (expected: fewer; try again when one has ended)");
    for (EventReader reader : readers) {
      reader.close();
    }
    assertThat(metric("readers_refused_total")).isEqualTo(1);
    eventually(
        () -> {
          ticker.advance(StreamHub.HEARTBEAT);
          assertThat(metric("readers")).isZero();
        });
    assertThat(state.streams().size()).isZero();
    assertThat(metric("readers_cut_total")).isZero();
    // The idle connections that the client keeps may be closing at this moment.
    try (EventReader another = new EventReader(HttpClient.newHttpClient(), url(), "")) {
      assertThat(another.next().name()).isEqualTo("reset");
    }
  }

  private double metric(String name) {
    return backend.registry.getSampleValue("promdisco_stream_" + name);
  }

  private static long serverThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sd-http"))
        .count();
  }

  @Test
  void aReaderThatDoesNotReadIsDroppedAndOthersAreNot() throws Exception {
    try (EventReader good = synced("");
        Socket stuck = new Socket()) {
      stuck.setReceiveBufferSize(1024);
      stuck.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      stuck
          .getOutputStream()
          .write(
              ("GET " + StreamEndpoint.PATH + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      eventually(() -> assertThat(state.streams().size()).isEqualTo(2));
      String big = "x".repeat(100_000);
      for (int i = 0; i < 300 && state.streams().size() == 2; i++) {
        pods("shop", i + big, "1.1.1.1:80");
        good.next();
      }
      assertThat(state.streams().size()).isEqualTo(1);
      assertThat(metric("readers_cut_total")).isEqualTo(1);
      pods("ops", "still", "1.1.1.9:80");
      EventReader.Event event = good.next();
      assertThat(event.json().at("/labels/pod").asText()).isEqualTo("still");
    }
  }

  @Test
  void stoppingTheServerEndsTheStreamsImmediately() throws Exception {
    try (EventReader reader = synced("")) {
      long begin = System.nanoTime();
      server.close();
      assertThat(reader.next().name()).isEqualTo("(end)");
      assertThat(System.nanoTime() - begin).isLessThan(3_000_000_000L);
      assertThat(state.streams().size()).isZero();
    }
  }

  @Test
  void otherMethodsAndFlagsAreRefused() throws Exception {
    HttpResponse<String> post = send("POST", "");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
    HttpResponse<String> flag = send("GET", "?snapshot=1");
    assertThat(flag.statusCode()).isEqualTo(400);
    assertThat(flag.body()).contains("snapshot: 1 (expected true or false)");
  }

  private HttpResponse<String> send(String method, String query) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + query))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
