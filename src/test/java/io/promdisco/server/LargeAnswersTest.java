package io.promdisco.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import io.promdisco.server.access.ServerLimits;
import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/** Answers that the client does not read. */
final class LargeAnswersTest {
  private static final int LABELS = 3000;
  private static final int RULES = 50;

  private final FakeBackend backend = new FakeBackend();
  private final AnswerMemory memory = new AnswerMemory(64 << 20);

  /** Sends the answer to a client that does not read it. */
  private void send(ServerExchange.Answer answer) throws IOException {
    ServerExchange exchange =
        new ServerExchange(
            ExchangeFixtures.request("/api/v1/targets"),
            ExchangeFixtures.response((part, done) -> {}),
            Callback.NOOP,
            memory,
            (later, rest) -> {});
    answer.to(exchange);
    exchange.end(
        failure -> {
          throw new AssertionError(failure);
        });
  }

  @Test
  void relabelStepsCountWithTheLabelsOfOneStep() throws IOException {
    String rule =
        "  - {source_labels: [__address__], regex: 'x(.*)', target_label: t, replacement: '$1'}\n";
    backend.configureFrom(
        "p.yml",
        "scrape_configs:\n- job_name: r\n  static_configs: []\n  relabel_configs:\n"
            + rule.repeat(RULES));
    String labels =
        IntStream.range(0, LABELS)
            .mapToObj(i -> "\"l" + i + "\":\"x\"")
            .collect(Collectors.joining(",", "{", "}"));
    send(exchange -> RelabelSteps.of(backend.pools(), "r", labels).answer(exchange));

    assertThat(memory.total()).isBetween(100L * LABELS, 1000L * LABELS);
  }

  @Test
  void partWithALargeTargetCounts() throws IOException {
    int characters = 1 << 20;
    backend.configure("shop");
    backend.discover("shop", Labels.of("large", "x".repeat(characters)), "h:1");
    try (RecentHistory state =
        new RecentHistory(backend, new ManualTicker(), ServerLimits.DEFAULT, 16)) {
      Routes routes = new Routes(backend, state, /* lifecycle= */ false, null);
      send(Objects.requireNonNull(routes.at("/api/v1/targets").get("GET")));
    }

    assertThat(memory.total()).isGreaterThan(2L * characters);
  }
}
