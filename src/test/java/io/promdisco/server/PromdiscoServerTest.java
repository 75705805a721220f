package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.model.Labels;
import io.promdisco.testing.CapturedLog;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PromdiscoServerTest extends ServerTestCase {
  private static final String CLOSED = "(closed)";

  PromdiscoServerTest() throws IOException {}

  @Test
  void portInUseIsOneLine() {
    PromdiscoServer.Options taken = new PromdiscoServer.Options("127.0.0.1", server.port());
    assertThatThrownBy(() -> PromdiscoServer.start(taken, backend))
        .isInstanceOf(ListenException.class)
        .hasMessage(
            "listen address: 127.0.0.1:"
                + server.port()
                + ": Address already in use (expected a free port, or 0 for any)");
  }

  @Test
  void unknownAndForeignHostsAreOneLine() {
    assertThatThrownBy(
            () -> PromdiscoServer.start(new PromdiscoServer.Options("no.invalid", 0), backend))
        .isInstanceOf(ListenException.class)
        .hasMessage(
            "listen address: no.invalid:0: no such host"
                + " (expected a name or an address of this machine)");
    assertThatThrownBy(
            () -> PromdiscoServer.start(new PromdiscoServer.Options("192.0.2.1", 0), backend))
        .isInstanceOf(ListenException.class)
        .hasMessageMatching(
            "listen address: 192\\.0\\.2\\.1:0: .*assign.* \\(expected an address of this machine\\)");
  }

  @Test
  void portOutOfRangeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PromdiscoServer.Options("127.0.0.1", 65536))
        .withMessage("port: 65536 (expected 0 to 65535)");
  }

  @Test
  void addressThatOthersReachIsWarnedOfOnceAndShownAsThisMachine() throws Exception {
    try (CapturedLog log = new CapturedLog();
        PromdiscoServer open =
            PromdiscoServer.start(new PromdiscoServer.Options("0.0.0.0", 0), backend)) {
      assertThat(open.url()).isEqualTo("http://localhost:" + open.port());
      assertThat(log.lines("WARN"))
          .singleElement()
          .asString()
          .contains(open.url() + ": other machines can reach this address");
    }
  }

  @Test
  void loopbackIsNotWarnedOf() throws Exception {
    try (CapturedLog log = new CapturedLog();
        PromdiscoServer local = PromdiscoServer.start(LOOPBACK, backend)) {
      assertThat(local.url()).isEqualTo("http://127.0.0.1:" + local.port());
      assertThat(log.lines("WARN")).isEmpty();
    }
  }

  @Test
  void fewThreadsAndAllGoneAfterClose() throws Exception {
    assertThat(get("/-/healthy").statusCode()).isEqualTo(200);
    assertThat(threads()).isNotEmpty().hasSizeLessThanOrEqualTo(9);
    server.close(); // The client's connection is open and idle.
    eventually(() -> assertThat(threads()).isEmpty()); // the thread of the timer ends by itself
    assertThatThrownBy(() -> get("/-/healthy")).isInstanceOf(ConnectException.class);
    server.close();
  }

  @Test
  void clientThatNeitherReadsNorLeavesDoesNotHoldUpTheStop() throws Exception {
    String pod = "x".repeat(1000);
    backend.discover(
        "shop",
        Labels.of("__meta_pod", pod),
        IntStream.range(0, 20_000).mapToObj(i -> "h" + i + ":80").toArray(String[]::new));
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      socket
          .getOutputStream()
          .write("GET /api/v1/targets HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      InputStream in = socket.getInputStream();
      assertThat(in.read()).isEqualTo('H');
      server.close();
      eventually(() -> assertThat(threads()).isEmpty());
      String rest = new String(readLeniently(in), UTF_8);
      assertThat(rest)
          .doesNotEndWith("\r\n0\r\n\r\n"); // cut off, without the end of a chunked body
    }
  }

  @Test
  void readinessEndsBeforeTheServerDoes() throws Exception {
    backend.discover(
        "shop",
        Labels.of("__meta_pod", "x".repeat(1000)),
        IntStream.range(0, 20_000).mapToObj(i -> "h" + i + ":80").toArray(String[]::new));
    try (Socket slow = new Socket(); // delays the stop
        Socket asking = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      slow.setReceiveBufferSize(4096);
      slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      slow.getOutputStream()
          .write("GET /api/v1/targets HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      assertThat(slow.getInputStream().read()).isEqualTo('H');
      BufferedReader answers =
          new BufferedReader(new InputStreamReader(asking.getInputStream(), UTF_8));
      assertThat(ready(asking, answers)).isEqualTo("HTTP/1.1 200 OK");

      Thread stopping = new Thread(server::close, "stopping");
      stopping.start();
      String answer;
      do {
        answer = ready(asking, answers);
      } while (answer.endsWith("200 OK"));
      assertThat(answer).isIn("HTTP/1.1 503 Service Unavailable", CLOSED);
      stopping.join();
    }
  }

  /** The first line of the answer, or that the connection was closed without one. */
  private static String ready(Socket socket, BufferedReader answers) {
    try {
      socket
          .getOutputStream()
          .write("GET /-/ready HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      String status = answers.readLine();
      int length = 0;
      for (String line = answers.readLine(); ; line = answers.readLine()) {
        if (line == null) {
          return CLOSED;
        }
        if (line.isEmpty()) {
          break;
        }
        if (line.startsWith("Content-Length: ")) {
          length = Integer.parseInt(line.substring("Content-Length: ".length()));
        }
      }
      for (int i = 0; i < length; i++) {
        answers.read();
      }
      return String.valueOf(status);
    } catch (IOException e) {
      return CLOSED;
    }
  }

  @Test
  void largeHeadersAndBodiesAreRefused() throws Exception {
    assertThat(get("/-/healthy", "X-Large", "x".repeat(60_000)).statusCode()).isEqualTo(200);
    assertThat(get("/-/healthy", "X-Large", "x".repeat(70_000)).statusCode()).isEqualTo(431);
    assertThat(reload("x".repeat(60_000))).isEqualTo(200);
    assertThat(reload("x".repeat(70_000))).isEqualTo(413);
    assertThat(backend.reloads).hasValue(1);
  }

  /** If it were refused at once, the connection might be reset before the answer is read. */
  @Test
  void aBodyThatIsTooLargeIsReadBeforeItIsRefused() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          """
          POST /-/reload HTTP/1.1
          Host: localhost
          Connection: close
          Content-Length: 200000

          """
              .replace("\n", "\r\n")
              .getBytes(UTF_8));
      out.write(new byte[100_000]);
      out.flush();
      assertThat(get("/-/healthy").statusCode()).isEqualTo(200);
      assertThat(socket.getInputStream().available()).isZero();
      out.write(new byte[100_000]);
      out.flush();
      assertThat(new String(readLeniently(socket.getInputStream()), UTF_8))
          .startsWith("HTTP/1.1 413 ");
    }
  }

  private int reload(String body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + "/-/reload"))
            .timeout(Duration.ofSeconds(20))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  /** What arrives until the end or a reset. */
  private static byte[] readLeniently(InputStream in) {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        read.write(buffer, 0, n);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
    }
    return read.toByteArray();
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("sd-http"))
        .collect(Collectors.toSet());
  }
}
