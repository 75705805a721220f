package io.promdisco.sim;

import static io.promdisco.providers.kubernetes.object.Resource.NODES;
import static io.promdisco.providers.kubernetes.object.Resource.PODS;
import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {
  private static final String PROTOBUF = "application/vnd.kubernetes.protobuf;stream=watch";
  private static final String WATCH = "/api/v1/pods?watch=1&allowWatchBookmarks=true";
  private static final String GHOSTLY = "ghost-1";

  private final ManualTicker ticker = new ManualTicker();
  private final SimCluster cluster = new SimCluster();
  private final SimApiServer server = SimApiServer.start(cluster, new SimOptions().ticker(ticker));
  private final HttpTestClient client = new HttpTestClient(server);

  FaultsTest() {
    cluster.create(ObjectFixtures.pod("shop", "a"));
    cluster.create(ObjectFixtures.pod("shop", "b"));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private InjectedFault onList(Fault fault) {
    return server.faults().add(FaultRule.once(PODS, "list", fault));
  }

  private InjectedFault onWatch(Fault fault, int afterFrames) {
    return server.faults().add(FaultRule.once(PODS, "watch", fault).afterFrames(afterFrames));
  }

  /** Sends a request over a plain socket. */
  private Socket ask(String path, String accept) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(10_000);
    String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nAccept: " + accept + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    return socket;
  }

  private static String all(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 410, 429, 500, 503})
  void injectedStatusIsAnsweredOnce(int code) throws Exception {
    InjectedFault injection = onList(new Fault.Status(code, code == 429 ? 7 : 0));
    HttpResponse<String> struck = client.get("/api/v1/pods");
    assertThat(struck.statusCode()).isEqualTo(code);
    assertThat(HttpTestClient.parsed(struck.body()).path("code").asInt()).isEqualTo(code);
    assertThat(struck.headers().firstValue("Retry-After").orElse("none"))
        .isEqualTo(code == 429 ? "7" : "none");
    assertThat(client.get("/api/v1/pods").statusCode()).isEqualTo(200);
    assertThat(injection.struck()).isEqualTo(1);
    assertThat(server.requests()).first().extracting(SimRequest::status).isEqualTo(code);
  }

  @Test
  void rulesCountTheirRequests() throws Exception {
    server.faults().add(FaultRule.once(PODS, "list", Fault.status(500)).fromNth(2).times(2));
    InjectedFault nodes =
        server.faults().add(FaultRule.once(NODES, "", Fault.status(503)).untilHealed());
    assertThat(client.get("/api/v1/pods").statusCode()).isEqualTo(200);
    assertThat(client.get("/api/v1/pods").statusCode()).isEqualTo(500);
    assertThat(client.get("/api/v1/pods").statusCode()).isEqualTo(500);
    assertThat(client.get("/api/v1/pods").statusCode()).isEqualTo(200);
    assertThat(client.get("/api/v1/nodes").statusCode()).isEqualTo(503);
    assertThat(client.get("/api/v1/nodes?watch=1").statusCode()).isEqualTo(503);
    nodes.heal();
    assertThat(client.get("/api/v1/nodes").statusCode()).isEqualTo(200);
    server.faults().add(FaultRule.onceAnywhere(Fault.status(500)));
    assertThat(client.get("/version").statusCode()).isEqualTo(500);
    assertThat(client.get("/version").statusCode()).isEqualTo(200);
  }

  @Test
  void whileTheWatchCacheIsFilledOnlyListsWithALimitAreAnswered() throws Exception {
    server.faults().add(FaultRule.once(PODS, "", new Fault.CacheFilling(1)).untilHealed());
    for (String path :
        List.of(
            WATCH,
            "/api/v1/pods",
            "/api/v1/pods?resourceVersion=0",
            "/api/v1/pods?limit=1&labelSelector=a",
            "/api/v1/pods?limit=1&fieldSelector=spec.nodeName=a")) {
      HttpResponse<String> refused = client.get(path);
      assertThat(refused.statusCode()).as(path).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      assertThat(HttpTestClient.parsed(refused.body()).path("message").asText())
          .isEqualTo("storage is (re)initializing");
    }
    assertThat(client.get("/api/v1/pods?limit=1").statusCode()).isEqualTo(200);
    assertThat(client.get("/api/v1/nodes").statusCode()).isEqualTo(200);
  }

  @Test
  void anErrorEventEndsAWatch() throws Exception {
    onWatch(new Fault.ErrorEvent(500), 0);
    try (WatchFrames frames = client.watch(WATCH, "application/json")) {
      assertThat(frames.event().path("object").path("code").asInt()).isEqualTo(500);
      assertThat(frames.rest()).isEmpty();
    }
  }

  @Test
  void aCutListEndsInItsMiddle() throws Exception {
    int whole = client.get("/api/v1/pods").body().length();
    onList(Fault.Break.CUT);
    try (Socket socket = ask("/api/v1/pods", "application/json")) {
      String answer = all(socket);
      assertThat(answer).contains("Content-Length: " + whole);
      assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).hasSize(whole / 2);
    }
  }

  @Test
  void aCutWatchEndsInTheMiddleOfAFrame() throws Exception {
    onWatch(Fault.Break.CUT, 1);
    try (Socket socket = ask(WATCH, "application/json")) {
      String answer = all(socket);
      assertThat(answer).contains("\"name\":\"a\"").doesNotEndWith("\r\n0\r\n\r\n");
      String last = answer.substring(answer.lastIndexOf("{\"type\""));
      assertThat(last.strip()).doesNotEndWith("}}");
    }
    onWatch(Fault.Break.CUT, 1);
    try (WatchFrames frames = client.watch(WATCH, PROTOBUF)) {
      assertThat(WatchFrames.briefPod(frames.message())).isEqualTo("ADDED a");
      assertThatThrownBy(frames::message).isInstanceOf(IOException.class);
    }
  }

  @Test
  void connectionResetIsAnError() throws Exception {
    onList(Fault.Break.RESET);
    try (Socket socket = ask("/api/v1/pods", "application/json")) {
      assertThatThrownBy(() -> all(socket))
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
    onWatch(Fault.Break.RESET, 1);
    try (Socket socket = ask(WATCH, PROTOBUF)) {
      assertThatThrownBy(() -> all(socket)).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void aClosedConnectionIsNotAnAnswer() throws Exception {
    server.faults().add(FaultRule.once(PODS, "", Fault.Break.HANG_UP).times(2));
    try (Socket list = ask("/api/v1/pods", "application/json");
        Socket watch = ask(WATCH, PROTOBUF)) {
      assertThat(all(list)).isEmpty();
      assertThat(all(watch)).isEmpty();
    }
    assertThat(server.requests()).extracting(SimRequest::status).containsExactly(0, 0);
  }

  @Test
  void garbageIsOfTheRightLengthAndNothingElse() throws Exception {
    int whole = client.get("/api/v1/pods").body().length();
    onList(Fault.Break.GARBAGE);
    byte[] body = client.get("/api/v1/pods", "application/json").body();
    assertThat(body).hasSize(whole).contains(0xff);
    assertThat(client.get("/api/v1/pods").body()).hasSize(whole);
    onWatch(Fault.Break.GARBAGE, 1);
    try (WatchFrames frames = client.watch(WATCH, PROTOBUF)) {
      assertThat(WatchFrames.briefPod(frames.message())).isEqualTo("ADDED a");
      assertThatThrownBy(frames::message)
          .isInstanceOfAny(IOException.class, IllegalArgumentException.class);
    }
  }

  @Test
  void aHugeFrameClaimsFourGigabytesAndStalls() throws Exception {
    InjectedFault injection = onWatch(Fault.Break.HUGE, 0);
    try (Socket socket = ask(WATCH, PROTOBUF)) {
      String head = "";
      while (!head.endsWith("\r\n\r\nb\r\n")) {
        head += (char) socket.getInputStream().read();
      }
      assertThat(socket.getInputStream().readNBytes(4)).containsOnly(0xff);
      injection.heal();
      assertThat(all(socket)).doesNotEndWith("0\r\n\r\n");
    }
    InjectedFault list = onList(Fault.Break.HUGE);
    try (Socket socket = ask("/api/v1/pods", "application/json")) {
      String head = "";
      while (!head.endsWith("\r\n\r\n")) {
        head += (char) socket.getInputStream().read();
      }
      assertThat(head).contains("Content-Length: 4294967295");
      list.heal();
      assertThat(all(socket)).isNotEmpty();
    }
  }

  @Test
  void aStallSaysNothingAndDoesNotEndWithTheTimeOut() throws Exception {
    InjectedFault injection = onWatch(Fault.Break.STALL, 2);
    try (WatchFrames frames = client.watch(WATCH + "&timeoutSeconds=1", "application/json")) {
      assertThat(frames.brief()).isEqualTo("ADDED a");
      assertThat(frames.brief()).isEqualTo("ADDED b");
      cluster.create(ObjectFixtures.pod("shop", "c"));
      eventually(() -> assertThat(injection.stalling()).isEqualTo(1));
      ticker.advance(Duration.ofSeconds(5));
      assertThat(server.runningWatches(PODS)).isEqualTo(1);
      injection.heal();
      assertThatThrownBy(frames::rest).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aStalledAnswerEndsWithTheServer() throws Exception {
    InjectedFault injection = onList(Fault.Break.STALL);
    try (Socket socket = ask("/api/v1/pods", "application/json")) {
      eventually(() -> assertThat(injection.stalling()).isEqualTo(1));
      server.close();
      assertThat(all(socket)).contains("200 OK");
    }
  }

  @Test
  void anotherContentTypeIsClaimed() throws Exception {
    onList(new Fault.ContentType("text/html"));
    assertThat(client.get("/api/v1/pods").headers().firstValue("Content-Type"))
        .contains("text/html");
    onWatch(new Fault.ContentType("text/html"), 0);
    try (WatchFrames frames = client.watch(WATCH, PROTOBUF)) {
      assertThat(frames.contentType()).isEqualTo("text/html");
    }
  }

  @Test
  void aListByteByByteIsStillAWholeList() throws Exception {
    onList(new Fault.Slow(0));
    assertThat(HttpTestClient.names(client.json("/api/v1/pods"))).containsExactly("a", "b");
  }

  @Test
  void aSlowWatchSendsAfewBytesAtATime() throws Exception {
    InjectedFault injection = onWatch(new Fault.Slow(200), 0);
    try (Socket socket = ask(WATCH, "application/json")) {
      ticker.awaitAlarms(3);
      long before = ticker.nanos();
      assertThat(injection.struck()).isEqualTo(1);
      for (int i = 0; i < 5; i++) {
        ticker.awaitAlarms(3);
        ticker.advance(Duration.ofMillis(50));
      }
      assertThat(ticker.nanos() - before).isEqualTo(Duration.ofMillis(250).toNanos());
      String head = "";
      while (!head.endsWith("\r\n\r\n")) {
        head += (char) socket.getInputStream().read();
      }
      String chunk = new String(socket.getInputStream().readNBytes(15), ISO_8859_1);
      assertThat(chunk).isEqualTo("a\r\n{\"type\":\"A\r\n");
    }
  }

  @Test
  void byteByByteIsStillAWholeAnswer() throws Exception {
    onWatch(new Fault.Slow(0), 0);
    try (WatchFrames frames = client.watch(WATCH, PROTOBUF)) {
      assertThat(WatchFrames.briefPod(frames.message())).isEqualTo("ADDED a");
      assertThat(WatchFrames.briefPod(frames.message())).isEqualTo("ADDED b");
    }
  }

  @Test
  void eventsComeTwice() throws Exception {
    onWatch(Fault.Disorder.DUPLICATE, 0);
    try (WatchFrames frames = client.watch(WATCH, "application/json")) {
      assertThat(frames.brief()).isEqualTo("ADDED a");
      assertThat(frames.brief()).isEqualTo("ADDED a");
      assertThat(frames.brief()).isEqualTo("ADDED b");
    }
  }

  @Test
  void eventsChangePlaces() throws Exception {
    onWatch(Fault.Disorder.SWAP, 0);
    try (WatchFrames frames = client.watch(WATCH, "application/json")) {
      assertThat(frames.brief()).isEqualTo("ADDED b");
      assertThat(frames.brief()).isEqualTo("ADDED a");
    }
  }

  @Test
  void knownObjectsAreAddedAgain() throws Exception {
    onWatch(Fault.Disorder.ADDED_FOR_KNOWN, 2);
    try (WatchFrames frames = client.watch(WATCH, "application/json")) {
      assertThat(frames.brief()).isEqualTo("ADDED a");
      assertThat(frames.brief()).isEqualTo("ADDED b");
      cluster.apply(ObjectFixtures.labelled(ObjectFixtures.pod("shop", "a"), "x", "y"));
      assertThat(frames.brief()).isEqualTo("ADDED a");
    }
  }

  @Test
  void unknownObjectsAreDeleted() throws Exception {
    onWatch(Fault.Disorder.DELETED_FOR_UNKNOWN, 2);
    try (WatchFrames frames = client.watch(WATCH, "application/json")) {
      assertThat(frames.brief()).isEqualTo("ADDED a");
      assertThat(frames.brief()).isEqualTo("ADDED b");
      cluster.create(ObjectFixtures.pod("shop", "c"));
      assertThat(frames.brief()).isEqualTo("DELETED " + GHOSTLY);
      assertThat(frames.brief()).isEqualTo("ADDED c");
    }
  }

  @Test
  void bookmarksGoBackwards() throws Exception {
    InjectedFault injection = onWatch(Fault.Disorder.BOOKMARK_BACKWARDS, 2);
    try (WatchFrames frames = client.watch(WATCH, "application/json")) {
      assertThat(frames.brief()).isEqualTo("ADDED a");
      assertThat(frames.brief()).isEqualTo("ADDED b");
      server.sendBookmarks();
      assertThat(ObjectFixtures.version(frames.event().path("object"))).isEqualTo("1");
      injection.heal();
      server.sendBookmarks();
      assertThat(ObjectFixtures.version(frames.event().path("object")))
          .isEqualTo(Long.toString(cluster.resourceVersion()));
    }
  }

  @Test
  void runningWatchesCanBeStruckAtOnce() throws Exception {
    try (WatchFrames cut = client.watch(WATCH, "application/json")) {
      assertThat(cut.brief()).isEqualTo("ADDED a");
      assertThat(cut.brief()).isEqualTo("ADDED b");
      assertThat(server.faults().strikeNow(NODES, Fault.Break.CUT).struck()).isZero();
      assertThat(server.faults().strikeNow(PODS, Fault.Break.CUT).struck()).isEqualTo(1);
      assertThatThrownBy(cut::rest).isInstanceOf(IOException.class);
    }
    try (WatchFrames again = client.watch(WATCH, "application/json")) {
      assertThat(again.brief()).isEqualTo("ADDED a");
      server.dropConnections();
      assertThatThrownBy(again::rest).isInstanceOf(IOException.class);
    }
    assertThat(client.get("/readyz").statusCode()).isEqualTo(200);
  }
}
