package io.promdisco.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.http.tls.TlsSettings;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.HttpClientConfigs;
import io.promdisco.util.SystemTicker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenewingSenderTest {
  @TempDir private Path folder = Path.of("");
  private final SystemTicker ticker = new SystemTicker();
  private final CountDownLatch more = new CountDownLatch(1);
  private FakeServer server;
  private String good = "";
  private volatile String named = "";

  @BeforeEach
  void start() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    good = certificates.authority();
    Files.writeString(ca(), good);
    server =
        FakeServer.start(
            certificates.server(),
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write('a');
              exchange.getResponseBody().flush();
              if (exchange.getRequestURI().getPath().equals("/stream")) {
                more.await();
              }
              exchange.getResponseBody().write('b');
            });
    named = server.url();
  }

  @AfterEach
  void stop() {
    more.countDown();
    server.close();
    ticker.close();
  }

  private Path ca() {
    return folder.resolve("ca.pem");
  }

  private RenewingSender.Source source() {
    HttpClientConfig http =
        HttpClientConfigs.withTls(TlsConfig.builder().caFile(ca().toString()).build());
    return new RenewingSender.Source() {
      @Override
      public ServerSettings settings() throws IOException {
        return ServerSettings.of(named, "url", http, Map.of(), ticker);
      }

      @Override
      public List<String> contents() throws IOException {
        return TlsSettings.files(http);
      }
    };
  }

  private Exchange get(RenewingSender sender, String path) throws Exception {
    URI uri = URI.create(server.url() + path);
    return sender.current().send(Request.get(uri, "*/*", Duration.ofSeconds(20)));
  }

  @Test
  void renewedFilesApplyToTheNextRequestAndRunningOnesContinue() throws Exception {
    try (RenewingSender sender = new RenewingSender(source(), ticker);
        Exchange stream = get(sender, "/stream")) {
      assertThat(stream.reader().read("stream")).isEqualTo((byte) 'a');

      Files.writeString(ca(), Certificates.make("EC", "ip:127.0.0.1").authority());
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> get(sender, "/"))
          .withMessageContaining("a CA that is not in " + ca());

      Files.writeString(ca(), good);
      try (Exchange again = get(sender, "/")) {
        assertThat(again.code()).isEqualTo(200);
      }
      more.countDown();
      assertThat(stream.reader().read("stream")).isEqualTo((byte) 'b');
      assertThat(stream.reader().atEnd()).isTrue();
    }
  }

  @Test
  void aFileThatIsGoneIsSaidAndTheNextCallTriesAgain() throws Exception {
    try (RenewingSender sender = new RenewingSender(source(), ticker)) {
      Files.delete(ca());
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(sender::current)
          .withMessage("tls_config.ca_file: " + ca() + ": no such file");

      Files.writeString(ca(), good);
      try (Exchange again = get(sender, "/")) {
        assertThat(again.code()).isEqualTo(200);
      }
    }
  }

  @Test
  void anotherServerIsNotMovedToWhileRunning() throws Exception {
    try (CapturedLog log = new CapturedLog();
        RenewingSender sender = new RenewingSender(source(), ticker)) {
      named = "https://127.0.0.1:1";
      Files.writeString(ca(), good + good);

      try (Exchange again = get(sender, "/")) {
        assertThat(again.code()).isEqualTo(200);
      }
      assertThat(sender.server()).isEqualTo(URI.create(server.url()));
      assertThat(log.lines("now name another server, https://127.0.0.1:1")).hasSize(1);
    }
  }

  @Test
  void closingEndsRequestsOverOlderSenders() throws Exception {
    RenewingSender sender = new RenewingSender(source(), ticker);
    try (Exchange stream = get(sender, "/stream")) {
      assertThat(stream.reader().read("stream")).isEqualTo((byte) 'a');
      Files.writeString(ca(), good + good);
      get(sender, "/").close();

      sender.close();

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> stream.reader().read("stream"))
          .withMessageContaining("is closed");
    }
  }
}
