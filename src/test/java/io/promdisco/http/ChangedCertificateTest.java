package io.promdisco.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.Secret;
import io.promdisco.http.tls.ClientKey;
import io.promdisco.http.tls.TlsImplementation;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.Certificates.Content;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.HttpClientConfigs;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.SkipReason;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server changes its certificate while clients are connected. */
class ChangedCertificateTest {
  private static final Duration PAUSE = Duration.ofSeconds(20);

  private final CountDownLatch more = new CountDownLatch(1);
  private volatile ClientKey current = Certificates.make("EC", "ip:127.0.0.1").pair();

  ChangedCertificateTest() throws Exception {}

  private FakeServer server(Certificates ca) throws Exception {
    return FakeServer.start(
        Certificates.server(() -> current, ca),
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('a');
          exchange.getResponseBody().flush();
          if (exchange.getRequestURI().getPath().equals("/stream")) {
            more.await();
          }
          exchange.getResponseBody().write('b');
        });
  }

  private static Exchange get(Sender sender, String url) throws Exception {
    return sender.send(Request.get(URI.create(url), "*/*", PAUSE));
  }

  private static byte read(Exchange exchange) throws Exception {
    return exchange.reader().read("stream");
  }

  @ParameterizedTest
  @CsvSource({"JDK,TLS12", "JDK,TLS13", "NATIVE,TLS12", "NATIVE,TLS13"})
  void anOpenStreamContinuesAndTheNextConnectionVerifiesTheNewCertificate(
      TlsImplementation implementation, String version) throws Exception {
    assumeTrue(implementation.isAvailable(), SkipReason.NATIVE_TLS);
    Certificates ca = Certificates.authority("root");
    current = ca.issue(Content.of("first", "EC", "ip:127.0.0.1")).pair();
    ManualTicker ticker = new ManualTicker();
    TlsConfig tls =
        new TlsConfig(ca.authority(), "", "", "", Secret.NONE, "", "", false, version, version);
    try (FakeServer server = server(ca);
        Sender sender =
            new Sender(
                ServerSettings.of(
                    server.url(), "url", HttpClientConfigs.withTls(tls), Map.of(), ticker),
                implementation,
                ticker);
        Exchange stream = get(sender, server.url() + "/stream")) {
      assertThat(read(stream)).isEqualTo((byte) 'a');

      current = ca.issue(Content.of("late", "EC", "ip:127.0.0.1").expired()).pair();
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> get(sender, server.url() + "/"))
          .withMessageContaining("it expired on ");
      current = Certificates.make("EC", "ip:127.0.0.1").pair();
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> get(sender, server.url() + "/"))
          .withMessageContaining("a CA that is not in ");
      current = ca.issue(Content.of("second", "RSA", "ip:127.0.0.1")).pair();
      try (Exchange next = get(sender, server.url() + "/")) {
        assertThat(next.code()).isEqualTo(200);
      }

      more.countDown();
      assertThat(read(stream)).isEqualTo((byte) 'b');
      assertThat(stream.reader().atEnd()).isTrue();
    } finally {
      more.countDown();
    }
  }
}
