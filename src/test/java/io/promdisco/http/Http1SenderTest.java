package io.promdisco.http;

import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.Authorization;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.Secret;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.Http2Server;
import io.promdisco.testing.Http2Server.Options;
import io.promdisco.testing.Https;
import io.promdisco.testing.ManualTicker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that have a connection to themselves, with another's server, over TLS. */
class Http1SenderTest {
  private static final Duration PAUSE = Duration.ofSeconds(20);
  private static final Options BOTH = Options.DEFAULT.speaking("h2", "http/1.1");

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // Before the first test.
  private static Certificates here;

  private final ManualTicker ticker = new ManualTicker();
  private final CountDownLatch more = new CountDownLatch(1);
  private final List<AutoCloseable> toClose = new ArrayList<>();

  @BeforeAll
  static void makeCertificate() throws Exception {
    here = Certificates.make("EC", "ip:127.0.0.1");
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

  private Http2Server server(Http2Server.Answering answering) throws Exception {
    return closing(Http2Server.start(here, BOTH, answering));
  }

  private static TlsConfig trusting() throws Exception {
    return TlsConfig.builder().ca(here.authority()).build();
  }

  private static HttpClientConfig http(Authorization authorization) throws Exception {
    return HttpClientConfig.builder().authorization(authorization).tls(trusting()).build();
  }

  private Sender sender(String url) throws Exception {
    return sender(url, Https.withTls(trusting()));
  }

  private Sender sender(String url, HttpClientConfig http) throws Exception {
    return closing(new Sender(ServerSettings.of(url, "url", http, Map.of(), ticker), ticker));
  }

  private Exchange shared(Sender sender, String uri) throws Exception {
    return closing(sender.send(Request.get(URI.create(uri), "*/*", PAUSE)));
  }

  private Exchange alone(Sender sender, String uri) throws Exception {
    return closing(sender.send(Request.get(URI.create(uri), "*/*", PAUSE).overItsOwnConnection()));
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

  /** Answers with a letter, waits for the end of the test, and ends with another. */
  private Http2Server.Answering streaming() {
    return (request, answer) -> {
      answer.write((byte) 'a');
      more.await();
      answer.write((byte) 'b');
    };
  }

  /** Does it in another thread; gives what was wrong. */
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
  void theRequestIsTheSameAsOverASharedConnection() throws Exception {
    Http2Server server =
        server(
            (request, answer) ->
                answer.status(203).header("X-Back", "yes").write("hello".getBytes(UTF_8)));
    HttpClientConfig http = http(new Authorization("Bearer", new Secret("t0ken"), ""));
    Sender sender = sender(server.url(), http);
    for (boolean alone : new boolean[] {true, false}) {
      String uri = server.url() + "/a%20b/c?d=e%26f&g";
      Exchange exchange = alone ? alone(sender, uri) : shared(sender, uri);
      assertThat(exchange.code()).isEqualTo(203);
      assertThat(exchange.header("x-back")).isEqualTo("yes");
      assertThat(bytes(exchange)).asString(UTF_8).isEqualTo("hello");
    }
    assertThat(server.requests)
        .extracting(Http2Server.Request::protocol)
        .containsExactly("HTTP/1.1", "HTTP/2.0");
    for (Http2Server.Request request : server.requests) {
      assertThat(request.method()).isEqualTo("GET");
      assertThat(request.authority()).isEqualTo("127.0.0.1:" + server.port());
      assertThat(request.uri()).isEqualTo("/a%20b/c?d=e%26f&g");
      assertThat(request.header("user-agent")).isEqualTo(UserAgent.TEXT);
      assertThat(request.header("accept")).isEqualTo("*/*");
      assertThat(request.header("authorization")).isEqualTo("Bearer t0ken");
    }
  }

  @Test
  void aLargeBodyIsWhole() throws Exception {
    byte[] large = new byte[20 << 20];
    new Random(7).nextBytes(large);
    Http2Server server =
        server(
            (request, answer) -> {
              for (int at = 0; at < large.length; at += 100_000) {
                answer.write(Arrays.copyOfRange(large, at, Math.min(large.length, at + 100_000)));
              }
            });
    assertThat(bytes(alone(sender(server.url()), server.url() + "/"))).isEqualTo(large);
  }

  @Test
  void othersShareAConnectionBesideIt() throws Exception {
    Http2Server server = server(streaming());
    Sender sender = sender(server.url());
    Exchange alone = alone(sender, server.url() + "/alone");
    assertThat(alone.reader().read("stream")).isEqualTo((byte) 'a');
    Exchange one = shared(sender, server.url() + "/1");
    Exchange two = shared(sender, server.url() + "/2");
    assertThat(server.connections()).isEqualTo(2);
    more.countDown();
    assertThat(bytes(alone)).asString(UTF_8).isEqualTo("b");
    assertThat(bytes(one)).asString(UTF_8).isEqualTo("ab");
    assertThat(bytes(two)).asString(UTF_8).isEqualTo("ab");
  }

  @Test
  void aServerThatSpeaksHttp2OnlyIsAskedOverASharedConnection() throws Exception {
    Http2Server server = closing(Http2Server.start(here, Options.DEFAULT, Http2Server.text("x")));
    Sender sender = sender(server.url());
    for (int i = 0; i < 2; i++) {
      assertThat(bytes(alone(sender, server.url() + "/"))).asString(UTF_8).isEqualTo("x");
    }
    assertThat(server.requests).extracting(Http2Server.Request::protocol).containsOnly("HTTP/2.0");
  }

  @Test
  void aRefusedTokenIsReadAgainAndARedirectIsFollowed() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "old");
    Http2Server server =
        server(
            (request, answer) -> {
              Files.writeString(token, "new");
              if (!request.header("authorization").equals("Bearer new")) {
                answer.status(401);
              } else if (request.uri().equals("/old")) {
                answer.status(307).header("Location", "/new");
              } else {
                answer.write((byte) 'x');
              }
            });
    HttpClientConfig http = http(new Authorization("Bearer", Secret.NONE, token.toString()));
    Exchange exchange = alone(sender(server.url(), http), server.url() + "/old");
    assertThat(bytes(exchange)).asString(UTF_8).isEqualTo("x");
    assertThat(server.requests)
        .extracting(request -> request.header("authorization") + " " + request.uri())
        .containsExactly("Bearer old /old", "Bearer new /old", "Bearer new /new");
  }

  @Test
  void anInterruptEndsTheWaitForAnAnswerAndForMoreOfIt() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    Http2Server server =
        server(
            (request, answer) -> {
              if (request.uri().equals("/stream")) {
                answer.write((byte) 'a');
              }
              asked.countDown();
              more.await();
            });
    Sender sender = sender(server.url());
    Exchange stream = alone(sender, server.url() + "/stream");
    assertThat(stream.reader().read("stream")).isEqualTo((byte) 'a');
    for (Callable<?> waits :
        List.<Callable<?>>of(
            () -> stream.reader().read("stream"), () -> alone(sender, server.url() + "/slow"))) {
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
  void closingTheSenderEndsWhoeverReads() throws Exception {
    Http2Server server = server(streaming());
    Sender sender = sender(server.url());
    Exchange exchange = alone(sender, server.url() + "/");
    assertThat(exchange.reader().read("stream")).isEqualTo((byte) 'a');
    CompletableFuture<String> problem = problemOf(() -> exchange.reader().read("stream"));
    sender.close();
    assertThat(result(problem)).isEqualTo("the client of " + server.url() + " is closed");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> alone(sender, server.url() + "/"))
        .withMessage("the client of " + server.url() + " is closed");
  }

  @Test
  void aServerThatFallsSilentIsGivenUpWhileItIsListenedTo() throws Exception {
    Http2Server server = server(streaming());
    Exchange exchange = alone(sender(server.url()), server.url() + "/");
    assertThat(exchange.reader().read("stream")).isEqualTo((byte) 'a');
    ticker.advance(PAUSE.multipliedBy(3)); // Nobody has listened.
    CompletableFuture<String> problem = problemOf(() -> exchange.reader().read("stream"));
    eventually(
        () -> {
          ticker.advance(PAUSE);
          assertThat(problem).isDone();
        });
    assertThat(result(problem))
        .isEqualTo("connection to " + server.url() + " broke: nothing came for 20 s");
  }

  @Test
  void aServerThatHangsUpBreaksTheAnswer() throws Exception {
    try (ServerSocket listening =
        here.server()
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String url = "https://127.0.0.1:" + listening.getLocalPort();
      Sender sender = sender(url);
      CompletableFuture<String> problem = problemOf(() -> bytes(alone(sender, url + "/")));
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
    Http2Server server = server((request, answer) -> more.await());
    Sender sender = sender(server.url());
    CompletableFuture<String> problem = problemOf(() -> alone(sender, server.url() + "/"));
    eventually(() -> assertThat(server.requests).hasSize(1));
    ticker.advance(Sender.HEAD_PATIENCE);
    assertThat(result(problem))
        .isEqualTo("connection to " + server.url() + " broke: no answer within 60 s");
  }

  @Test
  void aServerThatCannotBeReachedIsNamed() throws Exception {
    String url;
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      url = "https://127.0.0.1:" + silent.getLocalPort();
      Sender sender = sender(url);
      CompletableFuture<String> problem = problemOf(() -> alone(sender, url + "/"));
      ticker.awaitAlarms(2); // Of the connection, and of the request.
      ticker.advance(Duration.ofSeconds(30));
      assertThat(result(problem)).isEqualTo("cannot connect to " + url + ": no answer");
    }
    String gone = url;
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> alone(sender(gone), gone + "/"))
        .withMessage("cannot connect to " + gone + ": connection refused");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> alone(sender("https://nobody.invalid"), "https://nobody.invalid/"))
        .withMessage("cannot connect to https://nobody.invalid: unknown host nobody.invalid");
  }

  @Test
  void aCertificateThatIsRefusedIsOneClearLine() throws Exception {
    Http2Server server = server(Http2Server.text("x"));
    Sender sender = sender(server.url(), Https.withTls(TlsConfig.DEFAULT));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> alone(sender, server.url() + "/"))
        .withMessageStartingWith(
            "cannot verify the certificate of " + server.url() + ": it is issued")
        .withMessageContaining("a CA that is not among those that this JVM trusts");
    assertThat(server.requests).isEmpty();
  }
}
