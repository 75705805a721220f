package io.promdisco.providers.http;

import static io.promdisco.testing.Eventually.eventually;
import static io.promdisco.testing.FakeServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.Headers;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.BasicAuth;
import io.promdisco.config.HttpClientConfig.Header;
import io.promdisco.config.HttpClientConfig.OAuth2;
import io.promdisco.config.HttpClientConfig.ProxyConfig;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.HttpSdConfig;
import io.promdisco.config.Secret;
import io.promdisco.metrics.Metrics;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.refresh.RetryLaterException;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.HttpClientConfigs;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.MemoryBudget;
import io.promdisco.util.SourceMemory;
import io.prometheus.client.CollectorRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRefresherTest {
  private static final Duration INTERVAL = Duration.ofMillis(1500);
  private static final String ONE = "[{\"targets\": [\"a:1\"]}]";

  private final ManualTicker ticker = new ManualTicker();
  private final Metrics.Counter failures =
      new PrometheusMetrics(new CollectorRegistry()).counter("failures_total", "Failures.");
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private FakeServer server(FakeServer.Handler handler) {
    FakeServer server = FakeServer.start(handler);
    open.addLast(server);
    return server;
  }

  private HttpRefresher refresher(String url, HttpClientConfig http, Duration interval)
      throws IOException {
    HttpRefresher refresher =
        new HttpRefresher(
            new HttpSdConfig(url, http, interval),
            Map.of(),
            ticker,
            failures,
            10_000,
            new MemoryBudget(10_000_000, 10_000_000).share());
    open.addFirst(refresher);
    return refresher;
  }

  private HttpRefresher refresher(String url, HttpClientConfig http) throws IOException {
    return refresher(url, http, INTERVAL);
  }

  private HttpRefresher refresher(String url) throws IOException {
    return refresher(url, HttpClientConfig.DEFAULT);
  }

  private static List<String> addresses(HttpRefresher refresher)
      throws IOException, InterruptedException {
    List<String> found = new ArrayList<>();
    for (TargetGroup group : refresher.refresh().groups()) {
      group.targets().forEach(target -> found.add(target.getOrEmpty("__address__")));
    }
    return found;
  }

  private void fails(HttpRefresher refresher, String message) {
    double before = failures.get();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(refresher::refresh)
        .withMessage(message);
    assertThat(failures.get()).isEqualTo(before + 1);
  }

  private void failsForAnotherCa(HttpRefresher refresher, String url, String where) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(refresher::refresh)
        .withMessageStartingWith(
            "cannot verify the certificate of " + url + ": it is issued by \"CN=ca-")
        .withMessageContaining("\", a CA that is not " + where);
  }

  /** Answers 200 with more headers, given as names and values. */
  private static FakeServer.Handler with(byte[] body, String... headers) {
    return exchange -> {
      Headers all = exchange.getResponseHeaders();
      for (int i = 0; i < headers.length; i += 2) {
        all.add(headers[i], headers[i + 1]);
      }
      FakeServer.send(exchange, 200, "application/json", body);
    };
  }

  private static byte[] gzipped(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return out.toByteArray();
  }

  @Test
  void groupsAreNamedByTheUrlAsItIsWrittenAndCarryIt() throws Exception {
    FakeServer server =
        server(json(200, "[{\"targets\": [\"a:1\"], \"labels\": {\"env\": \"x\"}}, {}]"));
    String url = server.url().replace("http://", "HTTP://user:p%40ss@") + "/q?a=b%20c#part";
    String shown = url.replace("p%40ss", "xxxxx"); // names of groups are logged
    assertThat(refresher(url).refresh().groups())
        .containsExactly(
            new TargetGroup(
                shown + ":0",
                List.of(Labels.of("__address__", "a:1")),
                Labels.of("env", "x", "__meta_url", url)),
            new TargetGroup(shown + ":1", List.of(), Labels.of("__meta_url", url)));
    assertThat(server.requests.get(0).uri()).isEqualTo("/q?a=b%20c");
    assertThat(server.requests.get(0).header("Authorization")).isEqualTo("Basic dXNlcjpwQHNz");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "`` | /",
        "`/` | /",
        "`?x=1` | /?x=1",
        "`/a b/?q=a b|c` | /a%20b/?q=a%20b%7Cc",
        "`/é%2Fz?100%` | /%C3%A9%2Fz?100%25",
      },
      quoteCharacter = '`')
  void aUrlMayBeWrittenAsPeopleWriteIt(String path, String asked) throws Exception {
    FakeServer server = server(json(200, ONE));
    assertThat(addresses(refresher(server.url() + path))).containsExactly("a:1");
    assertThat(server.requests.get(0).uri()).isEqualTo(asked);
  }

  @Test
  void theRequestSaysWhoAsksForWhatAndHowOften() throws Exception {
    FakeServer server = server(json(200, ONE));
    Header tag = new Header(List.of("a", "b"), List.of(new Secret("c")), List.of());
    refresher(server.url() + "/sd", HttpClientConfigs.withHeaders(Map.of("X-Tag", tag))).refresh();
    refresher(server.url(), HttpClientConfig.DEFAULT, Duration.ofMinutes(1)).refresh();
    FakeServer.Request request = server.requests.get(0);
    assertThat(request.method()).isEqualTo("GET");
    assertThat(request.header("User-Agent")).startsWith("promdisco/");
    assertThat(request.header("Accept")).isEqualTo("application/json");
    assertThat(request.header("X-Prometheus-Refresh-Interval-Seconds")).isEqualTo("1.5");
    assertThat(request.headers().get("X-Tag")).containsExactly("a", "b", "c");
    assertThat(request.header("If-None-Match")).isEmpty();
    assertThat(server.requests.get(1).header("X-Prometheus-Refresh-Interval-Seconds"))
        .isEqualTo("60");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/json; charset=\"utf-8\"",
        "Application/JSON",
        "application/json;  CHARSET=utf-8",
        "  application/json  "
      })
  void jsonIsTakenHoweverItsTypeIsWritten(String type) throws Exception {
    FakeServer server = server(FakeServer.body(200, type, ONE.getBytes(UTF_8)));
    assertThat(addresses(refresher(server.url()))).containsExactly("a:1");
    assertThat(failures.get()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text/plain",
        "text/json",
        "application/json; charset=iso-8859-1",
        "application/json;",
        "application/json ; charset=utf-8",
        "application/json; charset=utf-8; q=1",
        "application/vnd.api+json",
        "application/x-json"
      })
  void anyOtherTypeIsAFailure(String type) throws Exception {
    FakeServer server = server(FakeServer.body(200, type, ONE.getBytes(UTF_8)));
    fails(refresher(server.url()), "content type \"" + type + "\" (expected application/json)");
  }

  @ParameterizedTest
  @CsvSource({
    "201,''",
    "204,''",
    "304,''",
    "404,''",
    "500,''",
    "401,; check the credentials",
    "403,; check the credentials"
  })
  void anyStatusBut200IsAFailure(int status, String hint) throws Exception {
    FakeServer server = server(json(status, status == 204 || status == 304 ? "" : ONE));
    fails(refresher(server.url()), "status " + status + " (expected 200" + hint + ")");
  }

  @Test
  void aServerThatIsNotReadySaysWhenToAskAgain() throws Exception {
    AtomicReference<String> pause = new AtomicReference<>("7");
    FakeServer server =
        server(
            exchange -> {
              exchange.getResponseHeaders().add("Retry-After", pause.get());
              FakeServer.send(exchange, 503, "text/plain", new byte[0]);
            });
    HttpRefresher refresher = refresher(server.url());
    assertThatExceptionOfType(RetryLaterException.class)
        .isThrownBy(refresher::refresh)
        .withMessage("status 503 (expected 200)")
        .satisfies(e -> assertThat(e.pause()).isEqualTo(Duration.ofSeconds(7)));
    for (String other : List.of("Wed, 21 Oct 2026 07:28:00 GMT", "-1", "")) {
      pause.set(other);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(refresher::refresh)
          .isNotInstanceOf(RetryLaterException.class);
    }
  }

  @Test
  void redirectsAreFollowedUnlessForbidden() throws Exception {
    FakeServer server =
        server(
            exchange -> {
              if (exchange.getRequestURI().getPath().equals("/new")) {
                FakeServer.send(exchange, 200, "application/json", ONE.getBytes(UTF_8));
              } else {
                exchange.getResponseHeaders().set("Location", "/new");
                FakeServer.send(exchange, 301, "", new byte[0]);
              }
            });
    assertThat(addresses(refresher(server.url() + "/sd"))).containsExactly("a:1");
    assertThat(server.requests.get(1).header("X-Prometheus-Refresh-Interval-Seconds"))
        .isEqualTo("1.5");
    fails(
        refresher(server.url() + "/sd", HttpClientConfigs.withoutRedirects()),
        "status 301 (expected 200; follow_redirects is false)");
  }

  @Test
  void aLoginPageIsReportedWithItsFirstWordsAndWhereItIs() throws Exception {
    FakeServer login =
        server(
            FakeServer.body(
                200, "text/html", "<html><title>Sign in</title><p>hello".getBytes(UTF_8)));
    fails(
        refresher(login.url() + "/sd"),
        "content type \"text/html\", which begins with \"Sign in hello\""
            + " (expected application/json)");
    FakeServer server =
        server(
            exchange -> {
              exchange.getResponseHeaders().set("Location", login.url() + "/sso?state=secret");
              FakeServer.send(exchange, 302, "", new byte[0]);
            });
    BasicAuth user = new BasicAuth("u", "", new Secret("pass"), "");
    fails(
        refresher(server.url() + "/sd", HttpClientConfigs.withBasicAuth(user)),
        "redirected to "
            + login.url()
            + "/sso: content type \"text/html\", which begins with \"Sign in hello\""
            + " (expected application/json)");
    assertThat(server.requests.get(0).header("Authorization")).isNotEmpty();
    assertThat(login.requests.get(1).header("Authorization")).isEmpty();
    login.answer(json(401, ""));
    fails(
        refresher(server.url() + "/sd", HttpClientConfigs.withBasicAuth(user)),
        "redirected to "
            + login.url()
            + "/sso: status 401 (expected 200; credentials are sent to the configured server"
            + " only)");
  }

  @Test
  void aCertificateThatIsRefusedAfterARedirectIsThatOfTheOtherServer() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    FakeServer other = FakeServer.start(certificates.server(), json(200, ONE));
    open.addLast(other);
    FakeServer server =
        server(
            exchange -> {
              exchange.getResponseHeaders().set("Location", other.url() + "/sd");
              FakeServer.send(exchange, 302, "", new byte[0]);
            });
    failsForAnotherCa(refresher(server.url()), other.url(), "among those that this JVM trusts");
  }

  @Test
  void aRedirectInACircleEnds() throws Exception {
    FakeServer server =
        server(
            exchange -> {
              exchange.getResponseHeaders().set("Location", "/sd");
              FakeServer.send(exchange, 302, "", new byte[0]);
            });
    fails(
        refresher(server.url() + "/sd"),
        "status 302 (expected 200; redirects are followed at most ten times, not from https to http, and need a Location)");
    assertThat(server.requests).hasSize(11);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gopher://127.0.0.1:1/", "ftp://127.0.0.1/x", "mailto:a@b", "file:///etc/passwd"})
  void aRedirectToAnUnknownSchemeIsAFailure(String location) throws Exception {
    FakeServer server =
        server(
            exchange -> {
              exchange.getResponseHeaders().set("Location", location);
              FakeServer.send(exchange, 302, "", new byte[0]);
            });
    fails(
        refresher(server.url() + "/sd"),
        server.url() + "/sd redirects to a URL that is neither http nor https");
  }

  @Test
  void anAnswerMayBeGzip() throws Exception {
    FakeServer server = server(with(gzipped(ONE), "Content-Encoding", "gzip"));
    assertThat(addresses(refresher(server.url()))).containsExactly("a:1");
    assertThat(server.requests.get(0).header("Accept-Encoding")).isEqualTo("gzip");
  }

  @Test
  void brokenGzipAndOtherEncodingsAreFailures() throws Exception {
    byte[] whole = gzipped(ONE);
    FakeServer server = server(with(ONE.getBytes(UTF_8), "Content-Encoding", "gzip"));
    HttpRefresher refresher = refresher(server.url());
    String broken = "the answer is cut off, or not gzip although its header says so";
    fails(refresher, broken);
    server.answer(with(Arrays.copyOf(whole, whole.length - 12), "Content-Encoding", "gzip"));
    fails(refresher, broken);
    server.answer(with(new byte[0], "Content-Encoding", "gzip"));
    fails(refresher, broken);
    server.answer(with(whole, "Content-Encoding", "br"));
    fails(refresher, "content encoding br (expected gzip or none)");
  }

  @Test
  void anAnswerThatIsTooLongIsRefusedEvenIfItIsShortInGzip() throws Exception {
    String longest = "[" + " ".repeat(9_998) + "]";
    FakeServer server = server(json(200, longest));
    HttpRefresher refresher = refresher(server.url());
    assertThat(addresses(refresher)).isEmpty();
    server.answer(json(200, longest + " "));
    fails(refresher, "the answer is longer than 10000 bytes");
    server.answer(with(gzipped("[" + " ".repeat(10_000_000)), "Content-Encoding", "gzip"));
    fails(refresher, "the answer is longer than 10000 bytes");
    assertThatExceptionOfType(
            SourceMemory.ExceededException.class) // Its source pauses for some time.
        .isThrownBy(refresher::refresh);
  }

  @Test
  void serversWhoseTargetsAreTooManyTogetherAreRefusedUntilOneIsClosed() throws Exception {
    String groups = "{\"targets\": [\"a:1\"]},".repeat(9) + "{\"targets\": [\"b:1\"]}";
    FakeServer server = server(with(("[" + groups + "]").getBytes(UTF_8)));
    MemoryBudget budget = new MemoryBudget(10_000, 15_000);
    HttpRefresher first = refresher(server.url() + "/", budget);
    HttpRefresher second = refresher(server.url() + "/", budget);
    first.refresh();
    first.refresh(); // The new answer replaces the old one.
    assertThatExceptionOfType(SourceMemory.ExceededException.class)
        .isThrownBy(second::refresh)
        .withMessageContaining("all sources together would take more than about 15000 bytes");
    first.close();
    assertThat(second.refresh().groups()).hasSize(10);
  }

  private HttpRefresher refresher(String url, MemoryBudget budget) throws IOException {
    HttpSdConfig config = new HttpSdConfig(url, HttpClientConfig.DEFAULT, INTERVAL);
    HttpRefresher refresher =
        new HttpRefresher(config, Map.of(), ticker, failures, 10_000, budget.share());
    open.addFirst(refresher);
    return refresher;
  }

  @Test
  void aDocumentThatIsNotAListOfGroupsIsAFailureWithItsPlace() throws Exception {
    FakeServer server = server(json(200, "[{\"targets\":\n [\"a:1\", 5]}]"));
    fails(refresher(server.url()), "2:10: [0].targets[1]: 5 (expected a string)");
  }

  @Test
  void anUnchangedAnswerIsNotReadAgain() throws Exception {
    FakeServer server = server(with(ONE.getBytes(UTF_8), "ETag", "\"v1\""));
    HttpRefresher refresher = refresher(server.url() + "/sd");
    List<TargetGroup> first = refresher.refresh().groups();
    server.answer(exchange -> FakeServer.send(exchange, 304, "", new byte[0]));
    assertThat(refresher.refresh().groups()).isEqualTo(first);
    assertThat(refresher.refresh().groups()).isEqualTo(first);
    assertThat(failures.get()).isZero();
    assertThat(server.requests.stream().map(request -> request.header("If-None-Match")))
        .containsExactly("", "\"v1\"", "\"v1\"");
  }

  @Test
  void afterAFailureAWholeAnswerIsAskedFor() throws Exception {
    FakeServer server = server(with(ONE.getBytes(UTF_8), "ETag", "W/\"v1\""));
    HttpRefresher refresher = refresher(server.url() + "/sd");
    refresher.refresh();
    server.answer(json(500, "no"));
    fails(refresher, "status 500 (expected 200)");
    server.answer(exchange -> FakeServer.send(exchange, 304, "", new byte[0]));
    fails(refresher, "status 304 (expected 200)");
    assertThat(server.requests.stream().map(request -> request.header("If-None-Match")))
        .containsExactly("", "W/\"v1\"", "");
  }

  @Test
  void theTagOfAnotherResourceOrNoTagAtAllIsNotSent() throws Exception {
    FakeServer elsewhere = server(with(ONE.getBytes(UTF_8), "ETag", "\"v1\""));
    FakeServer server =
        server(
            exchange -> {
              exchange.getResponseHeaders().set("Location", elsewhere.url() + "/x");
              FakeServer.send(exchange, 307, "", new byte[0]);
            });
    HttpRefresher refresher = refresher(server.url() + "/sd");
    refresher.refresh();
    server.answer(with(ONE.getBytes(UTF_8), "ETag", "not a tag"));
    refresher.refresh();
    refresher.refresh();
    assertThat(server.requests.stream().map(request -> request.header("If-None-Match")))
        .containsOnly("");
  }

  @Test
  void pauseIsNeverLongerThanTheInterval() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    FakeServer server = server(exchange -> release.await());
    HttpRefresher refresher = refresher(server.url() + "/sd");
    String message = "connection to " + server.url() + "/sd broke: no complete answer within 1.5 s";
    givenUp(server, refresher, message);
    server.answer(
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("[".getBytes(UTF_8));
          exchange.getResponseBody().flush();
          release.await();
        });
    givenUp(server, refresher, message);
    release.countDown();
    server.answer(json(200, ONE));
    assertThat(addresses(refresher)).containsExactly("a:1");
    refresher.close();
    assertThat(ticker.pending()).isEmpty();
  }

  private void givenUp(FakeServer server, HttpRefresher refresher, String message) {
    int before = server.requests.size();
    CompletableFuture<Void> look = CompletableFuture.runAsync(() -> fails(refresher, message));
    eventually(() -> assertThat(server.requests).hasSize(before + 1));
    ticker.advance(INTERVAL.minusMillis(1));
    assertThat(look).isNotDone();
    ticker.advance(Duration.ofMillis(1));
    look.join();
  }

  @Test
  void aServerThatIsNotThereIsAFailure() throws Exception {
    FakeServer server = server(json(200, ONE));
    HttpRefresher refresher = refresher(server.url() + "/sd");
    server.close();
    fails(refresher, "cannot connect to " + server.url() + "/sd: connection refused");
  }

  @Test
  void tlsAndBasicAuthWork() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    FakeServer server = FakeServer.start(certificates.server(), json(200, ONE));
    open.addLast(server);
    TlsConfig tls = TlsConfig.builder().ca(certificates.authority()).build();
    HttpClientConfig http =
        HttpClientConfig.builder().basicAuth("u", new Secret("p")).tls(tls).build();
    assertThat(addresses(refresher(server.url(), http))).containsExactly("a:1");
    assertThat(server.requests.get(0).header("Authorization")).isEqualTo("Basic dTpw");
    failsForAnotherCa(refresher(server.url()), server.url(), "among those that this JVM trusts");
  }

  @Test
  void aRenewedCertificateIsSeen(@TempDir Path folder) throws Exception {
    Certificates here = Certificates.make("EC", "ip:127.0.0.1");
    Certificates elsewhere = Certificates.make("EC", "ip:127.0.0.1");
    FakeServer server = FakeServer.start(here.server(), json(200, ONE));
    open.addLast(server);
    Path file = Files.writeString(folder.resolve("ca.crt"), elsewhere.authority());
    TlsConfig tls = TlsConfig.builder().caFile(file.toString()).build();
    HttpRefresher refresher = refresher(server.url(), HttpClientConfigs.withTls(tls));
    failsForAnotherCa(refresher, server.url(), "in " + file);
    Files.writeString(file, here.authority());
    assertThat(addresses(refresher)).containsExactly("a:1");
    Files.delete(file);
    fails(refresher, "tls_config.ca_file: " + file + ": no such file");
  }

  @Test
  void tokensAreFetchedFromAnOAuth2Server() throws Exception {
    FakeServer tokens = server(json(200, "{\"access_token\": \"t\", \"expires_in\": 3600}"));
    FakeServer server = server(json(200, ONE));
    OAuth2 oauth2 =
        new OAuth2(
            "me",
            new Secret("s"),
            "",
            List.of(),
            tokens.url() + "/token",
            Map.of(),
            TlsConfig.DEFAULT,
            ProxyConfig.NONE,
            Optional.empty());
    HttpRefresher refresher = refresher(server.url(), HttpClientConfigs.withOAuth2(oauth2));
    refresher.refresh();
    refresher.refresh();
    assertThat(server.requests).hasSize(2);
    assertThat(server.requests.get(1).header("Authorization")).isEqualTo("Bearer t");
    assertThat(tokens.requests).hasSize(1);
  }

  @Test
  void requestsGoThroughTheProxy() throws Exception {
    FakeServer proxy = server(json(200, ONE));
    ProxyConfig through = new ProxyConfig(proxy.url(), "", false, Map.of());
    HttpRefresher refresher =
        refresher("http://inventory.invalid/sd", HttpClientConfigs.withProxy(through));
    assertThat(addresses(refresher)).containsExactly("a:1");
    assertThat(proxy.requests.get(0).uri()).isEqualTo("http://inventory.invalid/sd");
  }

  @Test
  void closedRefresherSendsNoRequest() throws Exception {
    FakeServer server = server(json(200, ONE));
    HttpRefresher refresher = refresher(server.url());
    refresher.close();
    fails(refresher, "the client of " + server.url() + " is closed");
    assertThat(server.requests).isEmpty();
  }
}
