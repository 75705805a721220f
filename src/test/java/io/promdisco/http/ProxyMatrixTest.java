package io.promdisco.http;

import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.base.Throwables;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.ProxyConfig;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.Secret;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.TestProxy;
import io.promdisco.testing.TestProxy.Kind;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of proxy with every kind of server, and all failures of proxies. */
class ProxyMatrixTest {
  private static final String PAIR = "me:s3cret%20@";
  private static final String USER = "me:s3cret @";
  private static final String OTHERS =
      ", it requires credentials (expected: the proxy's user and password in its URL)";

  @SuppressWarnings("NullAway.Init") // Before the first test.
  private static Certificates authority;

  @SuppressWarnings("NullAway.Init") // Before the first test.
  private static Certificates certificate;

  private final ManualTicker ticker = new ManualTicker();
  private final List<AutoCloseable> toClose = new ArrayList<>();

  @BeforeAll
  static void makeCertificates() throws Exception {
    authority = Certificates.authority("ca");
    certificate =
        authority.issue(Certificates.Content.of("both", "EC", "dns:api.example,ip:127.0.0.1"));
  }

  @AfterEach
  void close() throws Exception {
    for (int i = toClose.size() - 1; i >= 0; i--) {
      toClose.get(i).close();
    }
  }

  private <T extends AutoCloseable> T closing(T what) {
    toClose.add(what);
    return what;
  }

  private record Cell(Kind kind, boolean withPassword, boolean encrypted) {
    String server() {
      return encrypted ? "https://api.example" : "http://api.example";
    }
  }

  static Stream<Cell> cells() {
    return Stream.of(Kind.values())
        .flatMap(kind -> Stream.of(true, false).map(user -> new Cell(kind, user, true)))
        .flatMap(cell -> Stream.of(cell, new Cell(cell.kind, cell.withPassword, false)));
  }

  private FakeServer server(boolean encrypted) throws Exception {
    return closing(
        FakeServer.start(
            encrypted ? certificate.server() : null, FakeServer.json(200, "{\"a\": 1}")));
  }

  private TestProxy proxy(Kind kind, int port) throws Exception {
    return closing(TestProxy.start(kind, port, kind == Kind.HTTPS ? certificate.server() : null));
  }

  private Sender through(String proxy, String url) throws Exception {
    ProxyConfig config =
        new ProxyConfig(proxy, "", false, Map.of("X-Team", List.of(new Secret("blue-team"))));
    HttpClientConfig http =
        HttpClientConfig.builder()
            .tls(TlsConfig.builder().ca(authority.certificate()).build())
            .proxy(config)
            .build();
    return closing(new Sender(ServerSettings.of(url, "url", http, Map.of(), ticker), ticker));
  }

  private static String get(Sender sender, String url) throws Exception {
    try (Exchange exchange =
        sender.send(Request.get(URI.create(url + "/x?y"), "*/*", Duration.ofSeconds(20)))) {
      return new String(exchange.beginning(1000), UTF_8);
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void requestsGoThroughTheProxyWhichLooksUpTheName(Cell cell) throws Exception {
    FakeServer server = server(cell.encrypted);
    TestProxy proxy = proxy(cell.kind, server.port()).user(cell.withPassword ? USER : "");
    Sender sender =
        through(proxy.url(cell.withPassword ? PAIR.replace("@", "%40") : ""), cell.server());

    assertThat(get(sender, cell.server())).isEqualTo("{\"a\": 1}");
    assertThat(get(sender, cell.server())).isEqualTo("{\"a\": 1}");

    String port = cell.encrypted ? ":443" : ":80";
    String head = proxy.heads.get(0);
    assertThat(proxy.heads).hasSize(1);
    if (cell.kind == Kind.SOCKS5) {
      assertThat(head).isEqualTo("SOCKS5 api.example" + port);
    } else if (cell.encrypted) {
      assertThat(head).startsWith("CONNECT api.example:443 HTTP/1.1\r\nHost: api.example:443\r\n");
      assertThat(head).contains("\r\nX-Team: blue-team\r\n");
    } else {
      assertThat(head).startsWith("GET http://api.example/x?y HTTP/1.1\r\nHost: api.example\r\n");
    }
    FakeServer.Request asked = server.requests.get(0);
    assertThat(asked.uri()).isEqualTo("/x?y");
    assertThat(asked.header("Host")).isEqualTo("api.example");
    assertThat(asked.header("X-Team")).isEmpty();
    if (cell.encrypted || cell.kind == Kind.SOCKS5) {
      assertThat(asked.header("Proxy-Authorization")).isEmpty();
    }
  }

  private void fails(Sender sender, String server, TestProxy proxy, String problem) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> get(sender, server))
        .withMessage(
            "cannot connect to " + server + ": the proxy " + proxy.address() + ": " + problem)
        .satisfies(e -> assertThat(Throwables.getStackTraceAsString(e)).doesNotContain("s3cret"));
  }

  @ParameterizedTest
  @MethodSource("cells")
  void aProxyThatWantsOtherCredentialsIsNamed(Cell cell) throws Exception {
    FakeServer server = server(cell.encrypted);
    TestProxy proxy = proxy(cell.kind, server.port()).user("you:other");
    Sender sender = through(proxy.url(cell.withPassword ? "me:s3cret" : ""), cell.server());
    String problem =
        cell.kind != Kind.SOCKS5
            ? "it answers with status 407"
            : cell.withPassword
                ? "it refuses the user or the password"
                : "it refuses the connection";
    fails(sender, cell.server(), proxy, problem + OTHERS);
    assertThat(server.requests).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aProxyThatIsNotThereIsNamed(Kind kind) throws Exception {
    TestProxy proxy = proxy(kind, 1);
    proxy.close();
    Sender sender = through(proxy.url("me:s3cret"), "https://api.example");
    fails(sender, "https://api.example", proxy, "connection refused");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aProxyThatDoesNotAnswerIsGivenUpAndNamed(Kind kind) throws Exception {
    TestProxy proxy = proxy(kind, 1);
    proxy.hang();
    Sender sender = through(proxy.url("me:s3cret"), "https://api.example");
    CompletableFuture<String> problem =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return get(sender, "https://api.example");
              } catch (Exception e) {
                return String.valueOf(e.getMessage());
              }
            },
            task -> new Thread(task, "asks").start());
    eventually(() -> assertThat(proxy.heads).isNotEmpty());
    ticker.awaitAlarms(2); // Of the connection, and of the request.
    ticker.advance(Duration.ofSeconds(30));
    assertThat(problem.get(20, TimeUnit.SECONDS))
        .isEqualTo(
            "cannot connect to https://api.example: no answer, through the proxy "
                + proxy.address());
  }

  @Test
  void anInterruptEndsTheWaitForAProxy() throws Exception {
    TestProxy proxy = proxy(Kind.SOCKS5, 1);
    proxy.hang();
    Sender sender = through(proxy.url(""), "https://api.example");
    CompletableFuture<Class<?>> thrown = new CompletableFuture<>();
    Thread asks =
        new Thread(
            () -> {
              try {
                get(sender, "https://api.example");
              } catch (Exception e) {
                thrown.complete(e.getClass());
              }
            },
            "asks");
    asks.start();
    eventually(() -> assertThat(proxy.heads).isNotEmpty());
    asks.interrupt();
    assertThat(thrown.get(20, TimeUnit.SECONDS)).isEqualTo(InterruptedException.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"HTTP", "HTTPS"})
  void aProxyThatAnswersWithAPageIsTheCause(Kind kind) throws Exception {
    TestProxy proxy = proxy(kind, 1);
    Sender sender = through(proxy.url(""), "https://api.example");
    String page = "<html><title>Access denied</title>by <b>policy</b></html>";
    String head = "\r\nContent-Type: text/html\r\nContent-Length: " + page.length() + "\r\n\r\n";
    String words = ", which begins with \"Access denied by policy\"";
    proxy.answer("HTTP/1.1 403 No" + head + page);
    fails(sender, "https://api.example", proxy, "it answers with status 403" + words);
    proxy.answer("HTTP/1.1 200 Fine" + head + page);
    fails(
        sender,
        "https://api.example",
        proxy,
        "it answers the request itself" + words + " (expected: a tunnel to the server)");
  }

  @Test
  void whatAProxyOfSocksSaysIsPassedOn() throws Exception {
    TestProxy proxy = proxy(Kind.SOCKS5, 1);
    Sender sender = through(proxy.url(""), "https://api.example");
    Map<Integer, String> said =
        Map.of(
            1, "general failure",
            2, "its rules do not allow this connection",
            5, "connection refused",
            77, "code 77");
    said.forEach(
        (code, text) -> {
          proxy.socksCode(code);
          fails(sender, "https://api.example", proxy, "it cannot connect to the server: " + text);
        });
  }

  @Test
  void aProxyThatSpeaksSomethingElseIsNamed() throws Exception {
    TestProxy proxy = proxy(Kind.HTTP, 1);
    proxy.answer("HTTP/1.1 400 What\r\n\r\n");
    Sender sender = through("socks5://" + proxy.address(), "https://api.example");
    CompletableFuture<String> problem =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return get(sender, "https://api.example");
              } catch (Exception e) {
                return String.valueOf(e.getMessage());
              }
            },
            task -> new Thread(task, "asks").start());
    ticker.awaitAlarms(2);
    ticker.advance(Duration.ofSeconds(30)); // It waits for the end of the headers.
    assertThat(problem.get(20, TimeUnit.SECONDS)).contains("the proxy " + proxy.address());

    TestProxy socks = proxy(Kind.SOCKS5, 1);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                get(
                    through("https://" + socks.address(), "https://api.example"),
                    "https://api.example"))
        .withMessageStartingWith(
            "cannot connect to https://api.example: the proxy " + socks.address() + ": ");
  }

  @Test
  void aProxyMustShowACertificateThatIsTrusted() throws Exception {
    Certificates stranger = Certificates.make("EC", "ip:127.0.0.1");
    TestProxy proxy = closing(TestProxy.start(Kind.HTTPS, 1, stranger.server()));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> get(through(proxy.url(""), "https://api.example"), "https://api.example"))
        .withMessageStartingWith(
            "cannot connect to https://api.example: the proxy "
                + proxy.address()
                + ": cannot verify the certificate of https://"
                + proxy.address()
                + ": it is issued by");
    assertThat(proxy.heads).isEmpty();
  }
}
