package io.promdisco.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.promdisco.server.access.AllowedHosts;
import io.promdisco.server.access.ServerLimits;
import io.promdisco.server.access.WebSettings;
import io.promdisco.testing.CapturedLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A page of another site whose name resolves to this machine is answered with 421. */
class AllowedHostsTest extends ServerTestCase {
  AllowedHostsTest() throws IOException {}

  private static String raw(PromdiscoServer of, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), of.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      socket.shutdownOutput();
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(answer);
      return answer.toString(ISO_8859_1);
    }
  }

  private static PromdiscoServer.Options options(
      String host, PromdiscoServer.Lifecycle lifecycle, String... allowed) {
    return new PromdiscoServer.Options(
        host, 0, WebSettings.OPEN, List.of(allowed), lifecycle, ServerLimits.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST:80",
        "localhost.",
        "127.0.0.1",
        "127.0.0.1:9099",
        "192.0.2.7:1",
        "[::1]",
        "[::1]:9099",
        "[2001:db8::1]:80",
      })
  void addressesAndLocalhostAreAnswered(String host) throws IOException {
    assertThat(raw(server, "GET /-/healthy HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:9099",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "1.2.3",
        "0x7f000001",
        "notlocalhost",
        "promdisco.monitoring.svc",
      })
  void otherNamesAreRefusedWithTheOptionThatAddsThem(String host) throws IOException {
    for (String path : List.of("/", "/api/v1/status/config", "/-/healthy", "/no-such-path")) {
      assertThat(raw(server, "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
          .startsWith("HTTP/1.1 421 ")
          .contains("--web.allowed-host")
          .doesNotContain("yaml");
    }
    assertThat(raw(server, "POST /-/reload HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
        .startsWith("HTTP/1.1 421 ");
    assertThat(raw(server, "GET http://" + host + "/ HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
        .startsWith("HTTP/1.1 421 ");
    assertThat(backend.reloads).hasValue(0);
  }

  @Test
  void aThousandRefusalsAreOneLine() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      for (int i = 0; i < 50; i++) {
        raw(server, "GET / HTTP/1.1\r\nHost: evil-" + i + ".example\r\n\r\n");
      }
      assertThat(log.lines("WARN")).singleElement().asString().contains("evil-0.example");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "promdisco.example, true",
    "PROMDISCO.example:80, true",
    "sub.promdisco.example, false",
    "promdisco.monitoring.svc, true",
    "a.b.svc:9099, true",
    "svc, false",
    ".svc, false",
    "evilsvc, false",
    "a.svc.evil, false",
  })
  void configuredNamesAndNamesBelowConfiguredOnesAreAnswered(String host, boolean answered)
      throws Exception {
    AllowedHosts hosts = new AllowedHosts("127.0.0.1", List.of("Promdisco.Example", "*.svc"));
    assertThat(hosts.allow(host)).isEqualTo(answered);
    assertThat(new AllowedHosts("0.0.0.0", List.of("*")).allow(host)).isTrue();
  }

  @Test
  void theNameItListensOnIsAnswered() {
    assertThat(new AllowedHosts("scrape.example", List.of()).allow("scrape.example:9099")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://a.example", "a.example:80", "a.*", "*a", "", "a b", "*.", "a..b", "-a"})
  void invalidNamesAreRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AllowedHosts("127.0.0.1", List.of(name)))
        .withMessage(
            "allowed host: "
                + name
                + " (expected a host name without scheme and port, *.SUFFIX, or *)");
  }

  @Test
  void requestsReloadOnlyWhereThatIsAllowed() throws Exception {
    String reload = "POST /-/reload HTTP/1.1\r\nHost: localhost\r\n\r\n";
    try (PromdiscoServer everywhere =
            PromdiscoServer.start(options("0.0.0.0", PromdiscoServer.Lifecycle.LOOPBACK), backend);
        PromdiscoServer on =
            PromdiscoServer.start(options("0.0.0.0", PromdiscoServer.Lifecycle.ON), backend);
        PromdiscoServer off =
            PromdiscoServer.start(options("127.0.0.1", PromdiscoServer.Lifecycle.OFF), backend)) {
      for (PromdiscoServer refusing : List.of(everywhere, off)) {
        assertThat(raw(refusing, reload))
            .startsWith("HTTP/1.1 403 ")
            .contains("Lifecycle API is not enabled", "--web.enable-lifecycle");
      }
      assertThat(backend.reloads).hasValue(0);
      assertThat(raw(on, reload)).startsWith("HTTP/1.1 200 ");
      assertThat(raw(server, reload)).startsWith("HTTP/1.1 200 ");
      assertThat(backend.reloads).hasValue(2);
    }
  }
}
