package io.promdisco.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/** Answers that nobody reads. */
final class LargeAnswersTest {
  private static final int LABELS = 3000;
  private static final int RULES = 50;

  private final FakeBackend backend = new FakeBackend();
  private final AnswerMemory memory = new AnswerMemory(64 << 20);

  /** Begins an answer of which the first part is never read. */
  private void answer(String path, String query) throws IOException {
    ManualTicker ticker = new ManualTicker();
    Routes routes =
        new Routes(
            backend, new LiveState(backend, ticker, new LiveState.Limits(1, 16)), /* lifecycle= */ false);
    Exchange exchange =
        new Exchange(
            Answers.request(path + "?" + query),
            Answers.response((part, done) -> {}),
            Callback.NOOP,
            () -> 0,
            memory,
            (later, rest) -> {});
    routes.at(path).get("GET").to(exchange);
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
    answer(
        "/api/v1/targets/relabel_steps",
        "scrapePool=r&labels=" + URLEncoder.encode(labels, StandardCharsets.UTF_8));

    assertThat(memory.total()).isBetween(100L * LABELS, 1000L * LABELS);
  }

  @Test
  void partWithALargeTargetCounts() throws IOException {
    int characters = 1 << 20;
    backend.configure("shop");
    backend.discover("shop", Labels.of("large", "x".repeat(characters)), "h:1");
    answer("/api/v1/targets", "state=active");

    assertThat(memory.total()).isGreaterThan(2L * characters);
  }
}
