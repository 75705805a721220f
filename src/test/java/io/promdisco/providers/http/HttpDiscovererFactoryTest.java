package io.promdisco.providers.http;

import static io.promdisco.testing.Eventually.eventually;
import static io.promdisco.testing.FakeServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.HttpSdConfig;
import io.promdisco.config.StaticSdConfig;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.providers.refresh.RefreshLoop;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.HttpClientConfigs;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.MemorySink;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpDiscovererFactoryTest {
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private final ManualTicker ticker = new ManualTicker();
  private final CollectorRegistry registry = new CollectorRegistry();
  private final PrometheusMetrics metrics = new PrometheusMetrics(registry);
  private final RefreshLoop loop = new RefreshLoop(ticker, metrics);
  private final HttpDiscovererFactory factory =
      new HttpDiscovererFactory(loop, ticker, metrics, Map.of());
  private final MemorySink sink = new MemorySink("shop");

  @AfterEach
  void close() {
    loop.close();
  }

  private Discoverer start(String url) throws DiscoveryException {
    return start(url, sink);
  }

  private Discoverer start(String url, MemorySink into) throws DiscoveryException {
    Discoverer discoverer =
        factory.create(new HttpSdConfig(url, HttpClientConfig.DEFAULT, INTERVAL), "http/0");
    discoverer.start(into);
    return discoverer;
  }

  private double failures() {
    Double value = registry.getSampleValue("prometheus_sd_http_failures_total");
    return value == null ? -1 : value;
  }

  @Test
  void itMakesWhatHttpSdConfigsAskForOnly() {
    assertThat(factory.accepts(new HttpSdConfig("http://a", HttpClientConfig.DEFAULT, INTERVAL)))
        .isTrue();
    assertThat(factory.accepts(new StaticSdConfig(List.of()))).isFalse();
    assertThat(failures()).isZero();
  }

  @Test
  void vanishedGroupsAreEmptiedAndAFailureKeepsTheLastGoodOnes() throws Exception {
    try (FakeServer server =
            FakeServer.start(json(200, "[{\"targets\": [\"a:1\"]}, {\"targets\": [\"b:1\"]}]"));
        Discoverer running = start(server.url() + "/sd?token=x")) {
      assertThat(running).isNotNull();
      eventually(() -> assertThat(sink.isSynced()).isTrue());
      assertThat(sink.addresses()).containsExactly("a:1", "b:1");

      server.answer(json(200, "[{\"targets\": [\"c:1\"]}]"));
      lookAgain();
      eventually(() -> assertThat(sink.addresses()).containsExactly("c:1"));

      server.answer(json(500, "[]"));
      lookAgain();
      eventually(
          () ->
              assertThat(sink.failures())
                  .containsExactly(Map.entry(server.url() + "/sd", "status 500 (expected 200)")));
      assertThat(sink.addresses()).containsExactly("c:1");
      assertThat(failures()).isEqualTo(1);

      server.answer(json(200, "null"));
      lookAgain();
      eventually(() -> assertThat(sink.failures()).isEmpty());
      assertThat(sink.addresses()).isEmpty();
    }
  }

  private void lookAgain() throws InterruptedException {
    ticker.awaitAlarms(1);
    ticker.advance(INTERVAL);
  }

  @Test
  void aServerThatIsSlowHoldsUpNoOther() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    MemorySink other = new MemorySink("other");
    try (FakeServer slow = FakeServer.start(exchange -> release.await());
        FakeServer quick = FakeServer.start(json(200, "[{\"targets\": [\"a:1\"]}]"))) {
      Discoverer waiting = start(slow.url());
      eventually(() -> assertThat(slow.requests).hasSize(1));
      try (Discoverer running = start(quick.url(), other)) {
        assertThat(running).isNotNull();
        eventually(() -> assertThat(other.addresses()).containsExactly("a:1"));
      }
      waiting.close();
      eventually(
          () -> assertThat(ticker.pending()).isEmpty()); // Its refresh is over, without an answer.
      release.countDown();
    }
    assertThat(sink.isSynced()).isFalse();
    assertThat(sink.failures()).isEmpty();
    assertThat(failures()).isZero();
  }

  @Test
  void aSettingThatCannotBeUsedIsNamed() {
    TlsConfig tls = TlsConfig.builder().caFile("/nowhere/ca.crt").build();
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(
            () ->
                factory.create(
                    new HttpSdConfig("http://a", HttpClientConfigs.withTls(tls), INTERVAL),
                    "http/0"))
        .withMessage("tls_config.ca_file: /nowhere/ca.crt: no such file");
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> start("http://user:secret@a_b/sd"))
        .withMessage(
            "url: host a_b cannot be used (expected a name of letters, digits, - and ., or an"
                + " address)");
  }
}
