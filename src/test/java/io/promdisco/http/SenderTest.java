package io.promdisco.http;

import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Throwables;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.Authorization;
import io.promdisco.config.HttpClientConfig.Header;
import io.promdisco.config.HttpClientConfig.ProxyConfig;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.Secret;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.TestProxy;
import io.promdisco.testing.TlsServer;
import io.promdisco.testing.TlsServer.Options;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client with a Jetty server over TLS. */
class SenderTest {
  private static final Duration PAUSE = Duration.ofSeconds(20);

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // Before the first test.
  private static Certificates here;

  @SuppressWarnings("NullAway.Init") // Before the first test.
  private static Certificates elsewhere;

  private final ManualTicker ticker = new ManualTicker();
  private final CountDownLatch more = new CountDownLatch(1);
  private final List<AutoCloseable> toClose = new ArrayList<>();

  @BeforeAll
  static void makeCertificates() throws Exception {
    here = Certificates.make("EC", "ip:127.0.0.1,dns:localhost");
    elsewhere = Certificates.make("EC", "dns:api.example");
  }

  @AfterEach
  void close() throws Exception {
    more.countDown();
    for (int i = toClose.size() - 1; i >= 0; i--) {
      toClose.get(i).close();
    }
  }

  private <T extends AutoCloseable> T closing(T what) {
    toClose.add(what);
    return what;
  }

  private TlsServer server(TlsServer.Answering answering) throws Exception {
    return server(Options.DEFAULT, answering);
  }

  private TlsServer server(Options options, TlsServer.Answering answering) throws Exception {
    return closing(TlsServer.start(here, options, answering));
  }

  private static TlsConfig trusting(Certificates ca) throws Exception {
    return tls(ca, "");
  }

  private static TlsConfig tls(Certificates ca, String serverName) throws Exception {
    return TlsConfig.builder().ca(ca.authority()).serverName(serverName).build();
  }

  private static HttpClientConfig http(TlsConfig tls) {
    return http(tls, ProxyConfig.NONE, Map.of(), null);
  }

  private static HttpClientConfig http(
      TlsConfig tls,
      ProxyConfig proxy,
      Map<String, Header> headers,
      @Nullable Authorization authorization) {
    HttpClientConfig.Builder http = HttpClientConfig.builder().tls(tls).proxy(proxy);
    headers.forEach(http::header);
    if (authorization != null) {
      http.authorization(authorization);
    }
    return http.build();
  }

  private Sender sender(String url) throws Exception {
    return sender(url, http(trusting(here)));
  }

  private Sender sender(String url, HttpClientConfig http) throws Exception {
    return closing(new Sender(ServerSettings.of(url, "url", http, Map.of(), ticker), ticker));
  }

  private Exchange get(Sender sender, String uri) throws Exception {
    return closing(sender.send(Request.get(URI.create(uri), "*/*", PAUSE)));
  }

  /** Returns the rest of an answer and closes it. */
  private static String body(Exchange exchange) throws Exception {
    try (exchange) {
      return new String(bytes(exchange), UTF_8);
    }
  }

  private static byte[] bytes(Exchange exchange) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuffer part; (part = exchange.next()) != null; ) {
      byte[] bytes = new byte[part.remaining()];
      part.get(bytes);
      all.writeBytes(bytes);
    }
    return all.toByteArray();
  }

  /** Sends a letter, waits for the end of the test, and sends another. */
  private TlsServer.Answering streaming() {
    return (request, answer) -> {
      answer.write((byte) 'a');
      more.await();
      answer.write((byte) 'b');
    };
  }

  @Test
  void aRequestArrivesAsItWasSentAndGetsItsAnswer() throws Exception {
    TlsServer server =
        server(
            (request, answer) ->
                answer.status(203).header("X-Back", "yes").write("hello".getBytes(UTF_8)));
    HttpClientConfig http =
        http(
            trusting(here),
            ProxyConfig.NONE,
            Map.of("X-Two", new Header(List.of("one"), List.of(new Secret("two")), List.of())),
            new Authorization("Bearer", new Secret("t0ken"), ""));

    Exchange exchange = get(sender(server.url(), http), server.url() + "/a%20b/c?d=e%26f&g");

    assertThat(exchange.code()).isEqualTo(203);
    assertThat(exchange.header("x-back")).isEqualTo("yes");
    assertThat(body(exchange)).isEqualTo("hello");
    TlsServer.Request request = server.requests.get(0);
    assertThat(request.protocol()).isEqualTo("HTTP/1.1");
    assertThat(request.method()).isEqualTo("GET");
    assertThat(request.authority()).isEqualTo("127.0.0.1:" + server.port());
    assertThat(request.uri()).isEqualTo("/a%20b/c?d=e%26f&g");
    assertThat(request.header("user-agent")).isEqualTo(RequestHeaders.USER_AGENT);
    assertThat(request.header("accept")).isEqualTo("*/*");
    assertThat(request.header("authorization")).isEqualTo("Bearer t0ken");
    assertThat(request.headers().getValuesList("x-two")).containsExactly("one", "two");
  }

  @Test
  void aRefusedTokenIsReadAgainOnceAndSentOverTheSameConnection() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "old");
    TlsServer server =
        server(
            (request, answer) -> {
              Files.writeString(token, "new");
              answer.status(request.header("authorization").equals("Bearer new") ? 200 : 401);
            });
    HttpClientConfig http =
        http(
            trusting(here),
            ProxyConfig.NONE,
            Map.of(),
            new Authorization("Bearer", Secret.NONE, token.toString()));

    assertThat(get(sender(server.url(), http), server.url() + "/").code()).isEqualTo(200);

    assertThat(server.requests)
        .extracting(request -> request.header("authorization"))
        .containsExactly("Bearer old", "Bearer new");
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void aTokenThatStaysRefusedIsSaidAfterOneRequest() throws Exception {
    TlsServer server = server((request, answer) -> answer.status(401));
    HttpClientConfig http =
        http(
            trusting(here),
            ProxyConfig.NONE,
            Map.of(),
            new Authorization("Bearer", new Secret("t0ken"), ""));
    assertThat(get(sender(server.url(), http), server.url() + "/").code()).isEqualTo(401);
    assertThat(server.requests).hasSize(1);
  }

  @Test
  void aLargeBodyIsWhole() throws Exception {
    byte[] large = new byte[20 << 20];
    new Random(7).nextBytes(large);
    TlsServer server =
        server(
            (request, answer) -> {
              for (int at = 0; at < large.length; at += 100_000) {
                answer.write(Arrays.copyOfRange(large, at, Math.min(large.length, at + 100_000)));
              }
            });
    Sender sender = sender(server.url());
    for (int i = 0; i < 2; i++) {
      try (Exchange exchange = get(sender, server.url() + "/")) {
        assertThat(bytes(exchange)).isEqualTo(large);
      }
    }
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void aRedirectToTheSameServerIsFollowedOverTheSameConnection() throws Exception {
    TlsServer server =
        server(
            (request, answer) -> {
              if (request.uri().equals("/old")) {
                answer.status(302).header("Location", "/new?a=b");
              } else {
                answer.write((byte) 'x');
              }
            });
    Exchange exchange = get(sender(server.url()), server.url() + "/old");
    assertThat(body(exchange)).isEqualTo("x");
    assertThat(exchange.uri()).hasToString(server.url() + "/new?a=b");
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void aRedirectToAPortThatDoesNotExistIsRefused() throws Exception {
    TlsServer server =
        server(
            (request, answer) -> answer.status(302).header("Location", "https://127.0.0.1:99999/"));
    Sender sender = sender(server.url());
    assertThatThrownBy(() -> get(sender, server.url() + "/"))
        .hasMessage(
            "cannot connect to https://127.0.0.1:99999: port 99999 does not exist (expected: 1 to"
                + " 65535)");
  }

  @Test
  void aRedirectElsewhereTakesNoCredentialsAlong() throws Exception {
    TlsServer other = server(TlsServer.text("elsewhere"));
    TlsServer server =
        server((request, answer) -> answer.status(307).header("Location", other.url() + "/x"));
    HttpClientConfig http =
        http(
            trusting(here),
            ProxyConfig.NONE,
            Map.of("X-Own", new Header(List.of("mine"), List.of(), List.of())),
            new Authorization("Bearer", new Secret("t0ken"), ""));

    assertThat(body(get(sender(server.url(), http), server.url() + "/"))).isEqualTo("elsewhere");

    assertThat(server.requests.get(0).header("authorization")).isEqualTo("Bearer t0ken");
    TlsServer.Request there = other.requests.get(0);
    assertThat(there.headers().contains("authorization")).isFalse();
    assertThat(there.headers().contains("x-own")).isFalse();
  }

  @Test
  void aServerThatStartsAgainBetweenRequestsIsNotNoticed() throws Exception {
    TlsServer first = server(TlsServer.text("first"));
    Sender sender = sender(first.url());
    assertThat(body(get(sender, first.url() + "/"))).isEqualTo("first");
    first.close();
    TlsServer second = server(Options.DEFAULT.at(first.port()), TlsServer.text("second"));
    assertThat(body(get(sender, second.url() + "/"))).isEqualTo("second");
  }

  @Test
  void aServerThatFallsEndsTheAnswerAndIsReachedAgain() throws Exception {
    TlsServer first = server(streaming());
    Sender sender = sender(first.url());
    Exchange stream = get(sender, first.url() + "/");
    assertThat(stream.reader().read("stream")).isEqualTo((byte) 'a');
    first.fall();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> stream.reader().read("stream"))
        .withMessageStartingWith("connection to " + first.url() + " broke: ");
    TlsServer second = server(Options.DEFAULT.at(first.port()), TlsServer.text("second"));
    assertThat(body(get(sender, second.url() + "/"))).isEqualTo("second");
  }

  @Test
  void aServerThatIsGoneRefusesTheConnection() throws Exception {
    TlsServer server = server(TlsServer.text("x"));
    String url = server.url();
    Sender sender = sender(url);
    assertThat(body(get(sender, url + "/"))).isEqualTo("x");
    server.close();
    eventually(
        () ->
            assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> get(sender, url + "/"))
                .withMessage("cannot connect to " + url + ": connection refused"));
  }

  /** Returns a server that listens but accepts nothing. */
  private String silent() throws Exception {
    ServerSocket silent = closing(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    return "https://127.0.0.1:" + silent.getLocalPort();
  }

  @Test
  void aServerThatDoesNotSpeakAtAllIsGivenUp() throws Exception {
    String url = silent();
    Sender sender = sender(url);
    CompletableFuture<String> asking = asking(() -> get(sender, url + "/"));
    ticker.awaitAlarms(2); // Of the connection, and of the request.
    ticker.advance(Duration.ofSeconds(30));
    assertThat(asking.get(20, TimeUnit.SECONDS))
        .isEqualTo("cannot connect to " + url + ": no answer");
  }

  @Test
  void aRequestThatMustEndSoonDoesNotWaitLongerForTheConnection() throws Exception {
    String url = silent();
    Sender sender = sender(url);
    Request request = Request.within(Duration.ofSeconds(4), URI.create(url + "/"), Map.of());
    CompletableFuture<String> asking = asking(() -> sender.send(request));
    ticker.awaitAlarms(2); // Of the connection, and of the request.
    ticker.advance(Duration.ofSeconds(4));
    assertThat(asking.get(20, TimeUnit.SECONDS))
        .isEqualTo("connection to " + url + " broke: no complete answer within 4.0 s");
  }

  @Test
  void closingTheSenderEndsTheWaitForAConnection() throws Exception {
    String url = silent();
    Sender sender = sender(url);
    CompletableFuture<String> asking = asking(() -> get(sender, url + "/"));
    ticker.awaitAlarms(2);
    sender.close();
    assertThat(asking.get(20, TimeUnit.SECONDS)).isEqualTo("the client of " + url + " is closed");
  }

  /** Sends a request in another thread; returns the failure. */
  private static CompletableFuture<String> asking(Callable<Exchange> ask) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Exchange unexpected = ask.call()) {
            return "answered: " + unexpected.code();
          } catch (Exception e) {
            return String.valueOf(e.getMessage());
          }
        },
        task -> new Thread(task, "asks").start());
  }

  @Test
  void anInterruptedCallerWaitsNoLongerAndLeavesNothingBehind() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    TlsServer server =
        server(
            (request, answer) -> {
              if (request.uri().equals("/slow")) {
                asked.countDown();
                more.await();
              }
            });
    Sender sender = sender(server.url());
    CompletableFuture<String> asking = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                get(sender, server.url() + "/slow");
              } catch (Exception e) {
                asking.complete(e.getClass().getSimpleName());
              }
            },
            "asks");
    thread.start();
    asked.await();
    thread.interrupt();
    assertThat(asking.get(20, TimeUnit.SECONDS)).isEqualTo("InterruptedException");
    assertThat(get(sender, server.url() + "/").code()).isEqualTo(200);
  }

  @Test
  void anUnknownHostIsNamed() throws Exception {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> get(sender("https://nobody.invalid"), "https://nobody.invalid/"))
        .withMessage("cannot connect to https://nobody.invalid: unknown host nobody.invalid");
  }

  @Test
  void aCertificateThatIsRefusedIsOneClearLine() throws Exception {
    TlsServer server = server(TlsServer.text("x"));
    String url = server.url();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> get(sender(url, http(TlsConfig.DEFAULT)), url + "/"))
        .withMessageStartingWith("cannot verify the certificate of " + url + ": it is issued by")
        .withMessageContaining("a CA that is not among those that this JVM trusts");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> get(sender(url, http(tls(here, "wrong.example"))), url + "/"))
        .withMessageStartingWith(
            "cannot verify the certificate of "
                + url
                + ": it is valid for localhost, 127.0.0.1, not for wrong.example");
    assertThat(server.requests).isEmpty();
  }

  @Test
  void theServerMayGoByAnotherName() throws Exception {
    TlsServer server = closing(TlsServer.start(elsewhere, TlsServer.text("x")));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> get(sender(server.url(), http(trusting(elsewhere))), server.url() + "/"))
        .withMessageStartingWith(
            "cannot verify the certificate of "
                + server.url()
                + ": it is valid for api.example, not for 127.0.0.1");
    assertThat(
            body(
                get(sender(server.url(), http(tls(elsewhere, "api.example"))), server.url() + "/")))
        .isEqualTo("x");
    assertThat(server.requests.get(0).protocol()).isEqualTo("HTTP/1.1");
  }

  @Test
  void insecureSkipVerifyTrustsAnybody() throws Exception {
    TlsServer server = closing(TlsServer.start(elsewhere, TlsServer.text("x")));
    TlsConfig insecure = TlsConfig.builder().insecureSkipVerify(true).build();
    assertThat(body(get(sender(server.url(), http(insecure)), server.url() + "/"))).isEqualTo("x");
    assertThat(server.requests.get(0).protocol()).isEqualTo("HTTP/1.1");
  }

  @Test
  void bothVersionsOfTlsAreSpoken() throws Exception {
    TlsServer server = server(TlsServer.text("x"));
    for (String version : new String[] {"TLS12", "TLS13"}) {
      TlsConfig tls =
          TlsConfig.builder().ca(here.authority()).minVersion(version).maxVersion(version).build();
      assertThat(body(get(sender(server.url(), http(tls)), server.url() + "/"))).isEqualTo("x");
    }
    assertThat(server.requests).extracting(TlsServer.Request::protocol).containsOnly("HTTP/1.1");
  }

  @Test
  void aClientCertificateIsShownAndItsLackIsSaid() throws Exception {
    TlsServer server = server(Options.DEFAULT.wantingClients(), TlsServer.text("x"));
    String url = server.url();
    TlsConfig with =
        TlsConfig.builder()
            .ca(here.authority())
            .clientCertificate(here.certificate(), new Secret(here.key()))
            .build();
    assertThat(body(get(sender(url, http(with)), url + "/"))).isEqualTo("x");
    String said = ".*: it requires a client certificate, but none is configured .*";
    refused(
        url,
        "TLS13",
        url
            + " refuses the connection \\(TLS alert (bad_certificate|certificate_required)\\)"
            + said);
    // The JDK's TLS 1.2 continues to write, and when that fails it does not read the alert.
    refused(url, "TLS12", said + "|connection to " + url + " broke: .*none is configured.*");
  }

  private void refused(String url, String version, String pattern) throws Exception {
    TlsConfig tls =
        TlsConfig.builder().ca(here.authority()).minVersion(version).maxVersion(version).build();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> get(sender(url, http(tls)), url + "/"))
        .withMessageMatching(pattern);
  }

  private Sender through(TestProxy proxy, String url, Map<String, List<Secret>> headers)
      throws Exception {
    return through(proxy.address(), url, headers);
  }

  private Sender through(String proxy, String url, Map<String, List<Secret>> headers)
      throws Exception {
    return sender(
        url,
        http(
            trusting(here),
            new ProxyConfig("http://me:s3cret@" + proxy, "", false, headers),
            Map.of(),
            null));
  }

  @Test
  void onlyTheProxySeesItsHeadersAndItsCredentials() throws Exception {
    TlsServer server = server(TlsServer.text("x"));
    TestProxy proxy = closing(TestProxy.to(server.port()));
    Sender sender =
        through(
            proxy,
            server.url(),
            Map.of(
                "Proxy-Tenant",
                List.of(new Secret("t3nant")),
                "X-Team",
                List.of(new Secret("blue"))));

    assertThat(body(get(sender, server.url() + "/"))).isEqualTo("x");
    assertThat(body(get(sender, server.url() + "/"))).isEqualTo("x");

    String host = "127.0.0.1:" + server.port();
    assertThat(proxy.heads).hasSize(1);
    assertThat(proxy.heads.get(0).lines())
        .startsWith("CONNECT " + host + " HTTP/1.1", "Host: " + host)
        .contains(
            "Proxy-Tenant: t3nant", "X-Team: blue", "Proxy-Authorization: Basic bWU6czNjcmV0");
    assertThat(server.requests)
        .hasSize(2)
        .allSatisfy(
            request ->
                assertThat(request.headers().toString().toLowerCase(Locale.ROOT))
                    .doesNotContain("proxy-", "x-team"));
  }

  @Test
  void theProxyLooksUpTheHost() throws Exception {
    TlsServer server = closing(TlsServer.start(elsewhere, TlsServer.text("x")));
    TestProxy proxy = closing(TestProxy.to(server.port()));
    HttpClientConfig http =
        http(
            trusting(elsewhere),
            new ProxyConfig("http://" + proxy.address(), "", false, Map.of()),
            Map.of(),
            null);
    assertThat(body(get(sender("https://api.example", http), "https://api.example/")))
        .isEqualTo("x");
    assertThat(proxy.heads.get(0)).startsWith("CONNECT api.example:443 HTTP/1.1\r\n");
    assertThat(server.requests.get(0).authority()).isEqualTo("api.example");
  }

  @Test
  void whatIsWrongWithAProxyIsSaidWithoutThePassword() throws Exception {
    TestProxy proxy = closing(TestProxy.to(1));
    String url = "https://api.example:6443";
    String begin = "cannot connect to " + url + ": the proxy " + proxy.address() + ": ";
    Map<String, String> said =
        Map.of(
            "HTTP/1.1 407 Give me s3cret\r\nProxy-Authenticate: Basic\r\n\r\n",
            "it answers with status 407, it requires credentials (expected: the proxy's user and"
                + " password in its URL)",
            "HTTP/1.1 502 Bad Gateway\r\n\r\n",
            "it answers with status 502",
            "SSH-2.0-me\r\n\r\n",
            "its answer is not HTTP",
            "HTTP/1.1 200",
            "it closes the connection",
            "HTTP/1.1 502 " + "x".repeat(70_000),
            "its headers are too long");
    for (Map.Entry<String, String> answer : said.entrySet()) {
      proxy.answer(answer.getKey());
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> get(through(proxy, url, Map.of()), url + "/"))
          .withMessage(begin + answer.getValue())
          .withStackTraceContaining("ProxyTunnel")
          .satisfies(e -> assertThat(Throwables.getStackTraceAsString(e)).doesNotContain("s3cret"));
    }
    String closed = "127.0.0.1:1";
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> get(through(closed, url, Map.of()), url + "/"))
        .withMessage("cannot connect to " + url + ": the proxy " + closed + ": connection refused");
  }

  @Test
  void aProxyThatIsNotKnownIsNamedAndNotTheServer() throws Exception {
    HttpClientConfig http =
        http(
            trusting(here),
            new ProxyConfig("http://me:s3cret@proxy.invalid:3128", "", false, Map.of()),
            Map.of(),
            null);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> get(sender("https://127.0.0.1:1", http), "https://127.0.0.1:1/"))
        .withMessage(
            "cannot connect to https://127.0.0.1:1:"
                + " the proxy proxy.invalid:3128: unknown host proxy.invalid");
  }

  @Test
  void theProxyOfTheJvmIsNotAsked() throws Exception {
    TlsServer server = server(TlsServer.text("x"));
    ProxySelector before = ProxySelector.getDefault();
    List<URI> asked = new CopyOnWriteArrayList<>();
    ProxySelector.setDefault(
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            asked.add(uri);
            return List.of(Proxy.NO_PROXY);
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException problem) {}
        });
    try {
      assertThat(body(get(sender(server.url()), server.url() + "/"))).isEqualTo("x");
    } finally {
      ProxySelector.setDefault(before);
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void spacesAroundTheValueOfAHeaderAreNotSent() throws Exception {
    TlsServer server = server(TlsServer.text("x"));
    HttpClientConfig http =
        http(
            trusting(here),
            ProxyConfig.NONE,
            Map.of("X-Own", new Header(List.of(" a b\t"), List.of(), List.of())),
            null);
    assertThat(body(get(sender(server.url(), http), server.url() + "/"))).isEqualTo("x");
    assertThat(server.requests.get(0).header("x-own")).isEqualTo("a b");
  }

  @Test
  void ipv6AddressesAreReached() throws Exception {
    Certificates six = Certificates.make("EC", "ip:::1");
    TlsServer server = closing(TlsServer.start(six, TlsServer.text("x")));
    TestProxy proxy = closing(TestProxy.to(server.port()));
    HttpClientConfig http =
        http(
            trusting(six),
            new ProxyConfig("http://" + proxy.address(), "", false, Map.of()),
            Map.of(),
            null);
    assertThat(body(get(sender("https://[::1]:6443", http), "https://[::1]:6443/"))).isEqualTo("x");
    assertThat(proxy.heads.get(0)).startsWith("CONNECT [::1]:6443 HTTP/1.1\r\nHost: [::1]:6443");
    assertThat(server.requests.get(0).authority()).isEqualTo("[::1]:6443");
  }

  /** Runs it in another thread; returns the failure. */
  private static CompletableFuture<String> problemOf(Callable<?> task) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return "went well: " + task.call();
          } catch (InterruptedException e) {
            return "interrupted";
          } catch (Exception e) {
            return String.valueOf(e.getMessage());
          }
        },
        task2 -> new Thread(task2, "asks").start());
  }

  private static String result(CompletableFuture<String> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  @Test
  void anInterruptEndsTheWaitForAnAnswerAndForMoreOfIt() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    TlsServer server =
        server(
            (request, answer) -> {
              if (request.uri().equals("/stream")) {
                answer.write((byte) 'a');
              }
              asked.countDown();
              more.await();
            });
    Sender sender = sender(server.url());
    Exchange stream = get(sender, server.url() + "/stream");
    assertThat(stream.reader().read("stream")).isEqualTo((byte) 'a');
    for (Callable<?> waits :
        List.<Callable<?>>of(
            () -> stream.reader().read("stream"), () -> get(sender, server.url() + "/slow"))) {
      CompletableFuture<Thread> waiting = new CompletableFuture<>();
      CompletableFuture<String> problem =
          problemOf(
              () -> {
                waiting.complete(Thread.currentThread());
                return waits.call();
              });
      Thread thread = waiting.get(20, TimeUnit.SECONDS);
      asked.await();
      thread.interrupt();
      assertThat(result(problem)).isEqualTo("interrupted");
    }
  }

  @Test
  void closingTheSenderEndsRunningReads() throws Exception {
    TlsServer server = server(streaming());
    Sender sender = sender(server.url());
    Exchange exchange = get(sender, server.url() + "/");
    assertThat(exchange.reader().read("stream")).isEqualTo((byte) 'a');
    CompletableFuture<String> problem = problemOf(() -> exchange.reader().read("stream"));
    sender.close();
    assertThat(result(problem)).isEqualTo("the client of " + server.url() + " is closed");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> get(sender, server.url() + "/"))
        .withMessage("the client of " + server.url() + " is closed");
  }

  @Test
  void silentServerIsGivenUpWhileTheClientReads() throws Exception {
    TlsServer server = server(streaming());
    Exchange exchange = get(sender(server.url()), server.url() + "/");
    assertThat(exchange.reader().read("stream")).isEqualTo((byte) 'a');
    ticker.advance(PAUSE.multipliedBy(3)); // Nothing was read meanwhile.
    CompletableFuture<String> problem = problemOf(() -> exchange.reader().read("stream"));
    eventually(
        () -> {
          ticker.advance(PAUSE);
          assertThat(problem).isDone();
        });
    assertThat(result(problem))
        .isEqualTo("connection to " + server.url() + " broke: no data for 20 s");
  }

  @Test
  void aServerThatHangsUpBreaksTheAnswer() throws Exception {
    try (ServerSocket listening =
        here.server()
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String url = "https://127.0.0.1:" + listening.getLocalPort();
      Sender sender = sender(url);
      CompletableFuture<String> problem = problemOf(() -> bytes(get(sender, url + "/")));
      try (Socket server = listening.accept()) {
        assertThat(server.getInputStream().read(new byte[10_000])).isPositive();
        server
            .getOutputStream()
            .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na".getBytes(UTF_8));
      }
      assertThat(result(problem)).isEqualTo("connection to " + url + " broke: closed");
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsGivenUp() throws Exception {
    TlsServer server = server((request, answer) -> more.await());
    Sender sender = sender(server.url());
    CompletableFuture<String> problem = problemOf(() -> get(sender, server.url() + "/"));
    eventually(() -> assertThat(server.requests).hasSize(1));
    ticker.advance(Sender.HEAD_PATIENCE);
    assertThat(result(problem))
        .isEqualTo("connection to " + server.url() + " broke: no answer within 60 s");
  }

  @Test
  void threeHundredStreamsOfOneServerAreReadAtOnce() throws Exception {
    TlsServer server = server(streaming());
    Sender sender = sender(server.url());
    List<Exchange> streams = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      streams.add(get(sender, server.url() + "/" + i));
    }
    more.countDown();
    for (Exchange stream : streams) {
      assertThat(body(stream)).isEqualTo("ab");
    }
    assertThat(server.connections()).isEqualTo(300);
  }

  @Test
  void anAnswerThatIsReadToItsEndLeavesItsConnectionForTheNextRequestForFiveMinutes()
      throws Exception {
    TlsServer server = server(TlsServer.text("x"));
    Sender sender = sender(server.url());
    for (int i = 0; i < 3; i++) {
      assertThat(body(get(sender, server.url() + "/"))).isEqualTo("x");
    }
    assertThat(server.connections()).isEqualTo(1);
    ticker.advance(Duration.ofMinutes(5));
    assertThat(body(get(sender, server.url() + "/"))).isEqualTo("x");
    assertThat(server.connections()).isEqualTo(2);
    Exchange open = get(sender, server.url() + "/");
    assertThat(server.connections()).isEqualTo(2);
    assertThat(body(get(sender, server.url() + "/"))).isEqualTo("x");
    assertThat(server.connections()).isEqualTo(3);
    open.close();
    open.close(); // Another request may use its connection now.
    assertThat(body(get(sender, server.url() + "/"))).isEqualTo("x");
    assertThat(server.connections()).isEqualTo(3);
  }

  private static void answer(Socket server, String bytes) throws IOException {
    assertThat(server.getInputStream().read(new byte[10_000])).isPositive();
    server.getOutputStream().write(bytes.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"
      })
  void whatComesWithoutARequestIsNotTakenForTheNextAnswer(String first) throws Exception {
    String extra = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 5\r\n\r\nextra";
    try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      listening.setSoTimeout(20_000);
      String url = "http://127.0.0.1:" + listening.getLocalPort();
      Sender sender = sender(url);
      for (boolean late : new boolean[] {false, true}) {
        CompletableFuture<String> one = problemOf(() -> body(get(sender, url + "/1")));
        try (Socket server = listening.accept()) {
          answer(server, late ? first : first + extra);
          assertThat(result(one)).startsWith("went well");
          if (late) {
            server.getOutputStream().write(extra.getBytes(UTF_8));
          }
          CompletableFuture<String> two = problemOf(() -> body(get(sender, url + "/2")));
          try (Socket again = listening.accept()) {
            answer(
                again, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecond");
            assertThat(result(two)).isEqualTo("went well: second");
          }
        }
      }
    }
  }

  @Test
  void aHundredConnectionsAreKeptAtMost() throws Exception {
    TlsServer target = server(TlsServer.text("x"));
    Sender sender = sender(target.url());
    List<Exchange> open = new ArrayList<>();
    for (int i = 0; i < ConnectionPool.MOST_IDLE + 10; i++) {
      open.add(get(sender, target.url() + "/"));
    }
    for (Exchange exchange : open) {
      assertThat(body(exchange)).isEqualTo("x");
    }
    open.clear();
    for (int i = 0; i < ConnectionPool.MOST_IDLE + 10; i++) {
      open.add(get(sender, target.url() + "/"));
    }
    for (Exchange exchange : open) {
      assertThat(body(exchange)).isEqualTo("x");
    }
    assertThat(target.connections())
        .isEqualTo(ConnectionPool.MOST_IDLE + 20); // Ten more each time.
  }

  /** Returns the failure for an answer over plain HTTP that consists of these bytes. */
  private String problemOfAnswer(String bytes) throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + listening.getLocalPort();
      Sender sender = sender(url);
      CompletableFuture<String> problem =
          problemOf(
              () -> {
                try (Exchange exchange = get(sender, url + "/")) {
                  return bytes(exchange);
                }
              });
      try (Socket server = listening.accept()) {
        assertThat(server.getInputStream().read(new byte[10_000])).isPositive();
        server.getOutputStream().write(bytes.getBytes(UTF_8));
        server.shutdownOutput();
        return result(problem).replace(url, "URL");
      }
    }
  }

  @Test
  void anAnswerThatIsBrokenOrBeyondTheLimitsIsRefused() throws Exception {
    String head = "HTTP/1.1 200 OK\r\n";
    String chunks = head + "Transfer-Encoding: chunked\r\n\r\n";
    String begin = "connection to URL broke: ";
    assertThat(problemOfAnswer("")).isEqualTo(begin + "closed");
    assertThat(problemOfAnswer("SSH-2.0-me\r\n\r\n")).isEqualTo(begin + "its answer is not HTTP");
    assertThat(problemOfAnswer(head + "X: " + "x".repeat(40_000)))
        .isEqualTo(begin + "its headers are too long");
    assertThat(problemOfAnswer(head + "X: x\r\n".repeat(201)))
        .isEqualTo(begin + "its headers are too long");
    assertThat(problemOfAnswer(head + "Content-Length: 5\r\n\r\nabc")).isEqualTo(begin + "closed");
    assertThat(problemOfAnswer(chunks + "5\r\nabc")).isEqualTo(begin + "closed");
    assertThat(problemOfAnswer(chunks + "5\r\nabcde")).isEqualTo(begin + "closed");
    assertThat(problemOfAnswer(chunks + "5\r\nabcde\r\n")).isEqualTo(begin + "closed");
    assertThat(problemOfAnswer(chunks + "x\r\n")).startsWith(begin);
    assertThat(problemOfAnswer(chunks + "5;" + "x".repeat(40_000))).startsWith(begin);
    assertThat(problemOfAnswer(head + "Transfer-Encoding: gzip\r\n\r\n")).startsWith(begin);
    assertThat(problemOfAnswer("HTTP/1.1 100 Go on\r\n\r\n" + chunks + "0\r\n\r\n"))
        .startsWith("went well");
  }
}
