package io.promdisco.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.Header;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.Secret;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.FakeServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScrapeClientTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder = Path.of("");
  private final List<HttpServer> servers = new ArrayList<>();
  private final List<HttpExchange> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = serve(exchange -> answer(exchange, 200, "up 1\n".getBytes(UTF_8)));
  }

  @AfterEach
  void stop() {
    end.countDown();
    servers.forEach(each -> each.stop(0));
  }

  private HttpServer serve(HttpHandler handler) throws IOException {
    HttpServer made =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    made.createContext(
        "/",
        exchange -> {
          requests.add(exchange);
          handler.handle(exchange);
        });
    made.start();
    servers.add(made);
    return made;
  }

  private static URI url(HttpServer server, String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static ScrapeConfig.Builder job(HttpClientConfig http) {
    return ScrapeConfig.builder("web").httpClient(http);
  }

  private @Nullable List<String> header(String name) {
    return requests.get(requests.size() - 1).getRequestHeaders().get(name);
  }

  @Test
  void sendsWhatTheJobSays() throws Exception {
    HttpClientConfig http =
        HttpClientConfig.builder()
            .basicAuth("me", new Secret("pw"))
            .header("X-Tenant", new Header(List.of("a"), List.of(new Secret("b")), List.of()))
            .build();
    try (ScrapeClient client = new ScrapeClient(job(http).build())) {
      ScrapeClient.Answer answer = client.get(url(server, "/metrics?x=1"), Duration.ofMillis(2500));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.contentType()).isEqualTo("text/plain; version=0.0.4");
      assertThat(new String(answer.body(), UTF_8)).isEqualTo("up 1\n");
    }
    assertThat(requests.get(0).getRequestURI()).hasToString("/metrics?x=1");
    assertThat(header("Authorization")).containsExactly("Basic bWU6cHc=");
    assertThat(header("X-Tenant")).containsExactly("a", "b");
    assertThat(header("X-Prometheus-Scrape-Timeout-Seconds")).containsExactly("2.5");
    assertThat(header("Accept-Encoding")).containsExactly("gzip");
    assertThat(header("Accept"))
        .containsExactly(
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.7,"
                + "application/openmetrics-text;version=0.0.1;q=0.6,"
                + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                + "text/plain;version=0.0.4;q=0.4,*/*;q=0.3");
    assertThat(header("Upgrade")).isNull();
  }

  @Test
  void readsAFileOfATokenForEachScrape() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "one\n");
    HttpClientConfig http = HttpClientConfig.builder().bearerTokenFile(token.toString()).build();
    try (ScrapeClient client = new ScrapeClient(job(http).build())) {
      client.get(url(server, "/"), LONG);
      assertThat(header("Authorization")).containsExactly("Bearer one");
      Files.writeString(token, "two\n");
      client.get(url(server, "/"), LONG);
      assertThat(header("Authorization")).containsExactly("Bearer two");
      Files.delete(token);
      assertThatThrownBy(() -> client.get(url(server, "/"), LONG))
          .isInstanceOf(IOException.class)
          .hasMessage(token + ": no such file");
    }
  }

  @Test
  void unpacksACompressedAnswerAndKeepsTheLimit() throws Exception {
    byte[] large = "0123456789".repeat(1000).getBytes(UTF_8);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(large);
    }
    HttpServer zipping =
        serve(
            exchange -> {
              exchange.getResponseHeaders().set("Content-Encoding", "gzip");
              answer(exchange, 200, packed.toByteArray());
            });
    HttpServer plain = serve(exchange -> answer(exchange, 200, large));
    ScrapeConfig.Builder job = job(HttpClientConfig.DEFAULT);
    try (ScrapeClient client = new ScrapeClient(job.bodySizeLimit(10_000).build())) {
      assertThat(client.get(url(zipping, "/"), LONG).body()).isEqualTo(large);
      assertThat(client.get(url(plain, "/"), LONG).body()).isEqualTo(large);
    }
    try (ScrapeClient client = new ScrapeClient(job.bodySizeLimit(9_999).build())) {
      for (HttpServer each : List.of(zipping, plain)) {
        assertThatThrownBy(() -> client.get(url(each, "/"), LONG))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("body_size_limit, 9999 bytes");
      }
    }
    try (ScrapeClient client = new ScrapeClient(job.enableCompression(false).build())) {
      client.get(url(server, "/"), LONG);
    }
    assertThat(header("Accept-Encoding")).containsExactly("identity");
  }

  @Test
  void sendsNoSecretToAnotherHostThatTheTargetRedirectsTo() throws Exception {
    HttpServer moved =
        serve(
            exchange -> {
              exchange.getResponseHeaders().set("Location", url(server, "/there").toString());
              answer(exchange, 302, new byte[0]);
            });
    HttpClientConfig.Builder http =
        HttpClientConfig.builder().bearerToken(new Secret("t")).header("X-Key", "k");
    try (ScrapeClient client = new ScrapeClient(job(http.build()).build())) {
      assertThat(client.get(url(moved, "/"), LONG).status()).isEqualTo(200);
      assertThat(header("Authorization")).isNull();
      assertThat(header("X-Key")).isNull();
    }
    try (ScrapeClient client = new ScrapeClient(job(http.followRedirects(false).build()).build())) {
      assertThat(client.get(url(moved, "/"), LONG).status()).isEqualTo(302);
      assertThat(header("Authorization")).containsExactly("Bearer t");
    }
  }

  @Test
  void endsAtTheTimeoutEvenIfTheAnswerHasBegun() throws Exception {
    HttpServer slow =
        serve(
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write('a');
              exchange.getResponseBody().flush();
              try {
                end.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              exchange.close();
            });
    try (ScrapeClient client = new ScrapeClient(job(HttpClientConfig.DEFAULT).build())) {
      assertThatThrownBy(() -> client.get(url(slow, "/"), Duration.ofMillis(200)))
          .isInstanceOf(HttpTimeoutException.class)
          .hasMessage("no complete answer within 0.2 s");
    }
  }

  @Test
  void usesTheCertificatesThatTheFilesHoldNow() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    Path ca = folder.resolve("ca.pem");
    Files.writeString(ca, Certificates.make("EC", "ip:127.0.0.1").authority());
    HttpClientConfig http =
        HttpClientConfig.builder()
            .tls(HttpClientConfig.TlsConfig.builder().caFile(ca.toString()).build())
            .build();
    try (FakeServer https = FakeServer.start(certificates.server(), FakeServer.json(200, "{}"));
        ScrapeClient client = new ScrapeClient(job(http).build())) {
      URI url = URI.create(https.url() + "/metrics");
      assertThatThrownBy(() -> client.get(url, LONG)).isInstanceOf(IOException.class);
      assertThat(https.requests).isEmpty();
      Files.writeString(ca, certificates.authority());
      assertThat(client.get(url, LONG).status()).isEqualTo(200);
    }
  }

  @Test
  void namesTheSettingThatCannotBeUsed() {
    HttpClientConfig http =
        HttpClientConfig.builder()
            .tls(HttpClientConfig.TlsConfig.builder().caFile("/no/ca").build())
            .build();
    assertThatThrownBy(() -> new ScrapeClient(job(http).build()).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tls_config.ca_file: /no/ca: no such file");
    assertThatThrownBy(
            () -> {
              try (ScrapeClient client = new ScrapeClient(job(HttpClientConfig.DEFAULT).build())) {
                client.get(URI.create("http://my_host:1/"), LONG);
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining("http://my_host:1/");
  }
}
