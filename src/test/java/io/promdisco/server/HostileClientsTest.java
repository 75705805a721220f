package io.promdisco.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that try to confuse the server, to read other files, or to block it. */
class HostileClientsTest extends ServerTestCase {
  HostileClientsTest() throws IOException {}

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      socket.shutdownOutput();
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(answer);
      return answer.toString(ISO_8859_1);
    }
  }

  /** Two servers in a row must not see two different requests in the same bytes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Content-Length : 4\r\n",
        "Content-Length: +4\r\n",
        "Content-Length: -1\r\n",
        "X: a\r\n Content-Length: 4\r\n",
        "X: a\nContent-Length: 4\r\n",
        "X\u0000: a\r\n",
      })
  void aRequestThatCanBeReadInTwoWaysIsRefused(String headers) throws IOException {
    String answer =
        raw(
            "POST /-/reload HTTP/1.1\r\nHost: localhost\r\n"
                + headers
                + "\r\n0\r\n\r\nGET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n");

    assertThat(answer).matches("(?s)HTTP/1\\.1 (400|501) .*").doesNotContain("is healthy");
    assertThat(backend.reloads).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/http-sd/../../etc/passwd",
        "/http-sd/..%2f..%2fetc%2fpasswd",
        "/..;/..;/etc/passwd",
        "/assets/../../pom.xml",
        "/./pom.xml",
        "//etc/passwd",
        "/http-sd/%00",
        "/\\..\\pom.xml",
        "/page/%252e%252e/pom.xml",
      })
  void noPathLeadsToAFile(String path) throws IOException {
    assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .matches("(?s)HTTP/1\\.1 (400|404) .*")
        .doesNotContain("root:", "<project");
  }

  /** A terminal that shows the answer must not obey what a link says. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /\u001b[2J\u009b31m",
        "GET /http-sd/\u001b[2J",
        "GET /api/v1/\u001b[2J\u009b31m",
        "GET /http-sd/%1b[2J%c2%9b31m%e2%80%ae",
        "GET /http-sd/shop?relabeled=%1b[2J%c2%9b31m",
        "GET /-/ready?job=%1b[2J%c2%9b31m%e2%80%ae",
        "GET /api/v1/targets/stream?snapshot=%1b[2J%c2%9b",
        "GET /api/v1/targets/relabel_steps?scrapePool=%1b[2J%c2%9b31m",
        "\u001b[2J /",
        "POST /%1b[2J"
      })
  void errorsRepeatNoControlCharacters(String request) throws IOException {
    String answer = raw(request + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(answer)
        .startsWith("HTTP/1.1 4")
        .doesNotContain("\u001b", "\u009b", "\u00e2\u0080\u00ae");
  }

  /** A connection with thousands of requests in its buffer would keep a thread from others. */
  @Test
  void connectionWithManyPipelinedRequestsIsClosedAfterSome() throws IOException {
    String answer = raw("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100));

    assertThat(answer.split("promdisco is healthy", -1)).hasSizeBetween(10, 40);
    assertThat(answer).contains("Connection: close");
    assertThat(raw("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(10)))
        .doesNotContain("Connection: close");
  }

  @Test
  void foreignHostsAreRepeatedWithoutControlCharacters() throws IOException {
    assertThat(raw("GET / HTTP/1.1\r\nHost: a\u001b[2J\u009b31m\r\n\r\n"))
        .startsWith("HTTP/1.1 4")
        .doesNotContain("\u001b", "\u009b");
  }

  @Test
  void headersThatAreTooLargeAreRefused() throws IOException {
    String answer =
        raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(100_000) + "\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 431 ");
    assertThat(raw("GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: http://evil.example",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site"
      })
  void aPageOfAnotherSiteCannotReload(String header) throws IOException {
    String request = "POST /-/reload HTTP/1.1\r\nHost: localhost:9099\r\nConnection: close\r\n";

    assertThat(raw(request + header + "\r\n\r\n")).startsWith("HTTP/1.1 403 ");
    assertThat(backend.reloads).hasValue(0);
    assertThat(raw(request + "Origin: http://localhost:9099\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    assertThat(backend.reloads).hasValue(1);
  }

  @Test
  void readersThatDoNotReadDelayNoOther() throws Exception {
    List<Labels> targets =
        IntStream.range(0, 60_000)
            .mapToObj(i -> Labels.of("__address__", "a-host-with-a-long-name-" + i + ":80"))
            .toList();
    backend.discover("shop", new TargetGroup("0", targets, Labels.of("__meta_a", "b")));
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        socket
            .getOutputStream()
            .write("GET /http-sd/shop HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(ISO_8859_1));
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        slow.add(socket);
      }
      assertThat(get("/-/healthy").statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : slow) {
        socket.setSoLinger(true, 0);
        socket.close();
      }
    }
  }
}
