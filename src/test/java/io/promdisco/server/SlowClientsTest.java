package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.server.access.ServerLimits;
import io.promdisco.server.access.WebSettings;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.Closer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that do not read, send slowly or connect too often, and whether other clients are still
 * served.
 */
@Timeout(120)
final class SlowClientsTest {
  private static final int CONNECTIONS = 300;
  private static final List<String> LONG_ANSWERS =
      List.of(
          "/api/v1/targets",
          "/http-sd/shop",
          "/http-sd/shop?relabeled=true",
          "/api/v1/discovery/targets?limit=1000",
          "/api/v1/targets/stream");

  private final FakeBackend backend = new FakeBackend();
  private final ManualTicker ticker = new ManualTicker();
  private final Closer live = new Closer();
  private final List<Socket> sockets = new ArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final PromdiscoServer server;

  SlowClientsTest() throws IOException {
    backend.configure("shop");
    ServerLimits limits = new ServerLimits(CONNECTIONS, CONNECTIONS, 250, 200);
    RecentHistory state =
        live.add(new RecentHistory(backend, ticker, limits, RecentHistory.CHANGES));
    PromdiscoServer.Options options =
        new PromdiscoServer.Options(
            "127.0.0.1",
            0,
            WebSettings.OPEN,
            List.of(),
            PromdiscoServer.Lifecycle.LOOPBACK,
            limits);
    server = PromdiscoServer.start(options, backend, state, live);
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.setSoLinger(true, 0);
      socket.close();
    }
    server.close();
  }

  private void discoverMany(int targets) {
    List<Labels> many =
        IntStream.range(0, targets)
            .mapToObj(
                i -> Labels.of("__address__", "h" + i + ":80", "__meta_a", "x".repeat(200) + i))
            .toList();
    backend.discover("shop", new TargetGroup("0", many, Labels.of("__meta_b", "c")));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setReceiveBufferSize(4096);
    socket.setSoTimeout(20_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    return socket;
  }

  private Socket send(String request) throws IOException {
    Socket socket = connect();
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    return socket;
  }

  /** Requests a path and reads the first byte of the answer. */
  private Socket ask(String path) throws IOException {
    Socket socket = send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(socket.getInputStream().read()).isEqualTo('H');
    return socket;
  }

  private int status(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .timeout(Duration.ofSeconds(20))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  private void everythingIsAnswered() throws IOException, InterruptedException {
    for (String path :
        List.of("/-/healthy", "/-/ready", "/metrics", "/", "/api/v1/discovery/targets?q=h7")) {
      assertThat(status(path)).as(path).isEqualTo(200);
    }
  }

  private static long serverThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sd-http"))
        .count();
  }

  /** Checks without reading, since reading would unblock the server. */
  private static boolean isCut(Socket socket) {
    try {
      socket.getOutputStream().write('x');
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** What arrives until the end or a reset. */
  private static String rest(Socket socket) throws IOException {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(rest);
    } catch (SocketException e) {
      // the connection was reset
    }
    return rest.toString(ISO_8859_1);
  }

  @Test
  void unreadAnswersOccupyNoThread() throws Exception {
    discoverMany(10_000);
    for (int i = 0; i < 100; i++) {
      ask(LONG_ANSWERS.get(i % LONG_ANSWERS.size()));
    }
    everythingIsAnswered();
    assertThat(serverThreads()).isLessThanOrEqualTo(20);
  }

  @Test
  void aClientThatReadsNothingIsDisconnectedAndOthersAreNot() throws Exception {
    discoverMany(10_000);
    Socket stuck = ask("/api/v1/targets");
    Socket stuckStream = ask("/api/v1/targets/stream");
    eventually(
        () -> {
          ticker.advance(ServerLimits.BLOCKED.plusSeconds(2));
          assertThat(isCut(stuck) && isCut(stuckStream)).isTrue();
        });

    assertThat(status("/api/v1/targets")).isEqualTo(200);
  }

  @Test
  void anAnswerThatIsReadTooSlowlyInAllIsCut() throws Exception {
    discoverMany(20_000);
    Socket slow = ask("/api/v1/targets");
    byte[] some = new byte[512 << 10];
    int steps = (int) (ServerLimits.WHOLE.toSeconds() / 15) + 2;
    for (int i = 0; i < steps; i++) {
      ticker.advance(Duration.ofSeconds(15));
      if (slow.getInputStream().readNBytes(some, 0, some.length / steps) == 0) {
        break;
      }
    }
    assertThat(rest(slow)).doesNotEndWith("\r\n0\r\n\r\n");
  }

  @Test
  void aClientThatSendsItsRequestByteByByteIsDisconnected() throws Exception {
    Socket slow = send("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nX: ");
    Socket silent = connect();
    eventually(
        () -> assertThat(status("/-/healthy")).isEqualTo(200)); // both connections are accepted
    for (int i = 0; i < 3; i++) {
      slow.getOutputStream().write('a');
      ticker.advance(Duration.ofSeconds(11));
    }
    assertThat(rest(slow)).doesNotContain("200 OK");
    assertThat(rest(silent)).isEmpty();
  }

  @Test
  void anIdleConnectionMakesRoomForANewOne() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      Socket first = connect();
      for (int i = 0; i < 2 * CONNECTIONS; i++) {
        if (i % 2 == 0) {
          send("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(10_000));
        } else {
          connect();
        }
        ticker.advance(Duration.ofMillis(1));
      }
      everythingIsAnswered();
      assertThat(rest(first)).isEmpty();
      assertThat(log.lines("WARN"))
          .singleElement()
          .asString()
          .contains(
              "one client has " + CONNECTIONS + " connections: an idle or slow one is closed");
    }
  }

  @Test
  void aConnectionTooManyIsClosedIfAllAreInUse() throws Exception {
    Closer own = new Closer();
    RecentHistory state = own.add(new RecentHistory(backend, ticker, FakeBackend.streams(10), 8));
    try (PromdiscoServer small =
        PromdiscoServer.start(
            new PromdiscoServer.Options(
                "127.0.0.1",
                0,
                WebSettings.OPEN,
                List.of(),
                PromdiscoServer.Lifecycle.LOOPBACK,
                new ServerLimits(10, 2, 10, 10)),
            backend,
            state,
            own)) {
      for (int i = 0; i < 2; i++) {
        Socket stream = new Socket(InetAddress.getLoopbackAddress(), small.port());
        sockets.add(stream);
        stream
            .getOutputStream()
            .write(
                "GET /api/v1/targets/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    .getBytes(ISO_8859_1));
        assertThat(stream.getInputStream().read()).isEqualTo('H');
      }
      Socket third = new Socket(InetAddress.getLoopbackAddress(), small.port());
      sockets.add(third);
      third.setSoTimeout(20_000);
      assertThat(rest(third)).isEmpty();
    }
  }

  @Test
  void oneClientHasOnlyItsShareOfTheStreams() throws Exception {
    for (int i = 0; i < 200; i++) {
      ask("/api/v1/targets/stream");
    }
    assertThat(status("/api/v1/targets/stream")).isEqualTo(429);
    everythingIsAnswered();
  }

  @Test
  void slowReadersOfTheStreamTakeNoMoreThanAPartOfAnAnswerEach() throws Exception {
    int readers = 200;
    int targets = 20_000;
    discoverMany(targets);
    everythingIsAnswered();
    long before = heap();
    for (int i = 0; i < readers; i++) {
      ask("/api/v1/targets/stream");
    }
    long each = (heap() - before) / readers;
    // A part of a little over 16 KiB, and the connection; all clients share the list of targets.
    assertThat(each).as("bytes per reader").isLessThan(80 << 10);
  }

  private static long heap() {
    long heap = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) { // objects freed by one collection may free others
      System.gc();
      heap = Math.min(heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return heap;
  }
}
