package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.model.Labels;
import io.promdisco.scrape.TargetListener;
import io.promdisco.server.access.ServerLimits;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.Closer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TimelineTest {
  private final FakeBackend backend = new FakeBackend();
  private final ManualTicker ticker = new ManualTicker();
  private final Timeline timeline = new Timeline(ticker);

  private final TargetListener.Registration registration;

  TimelineTest() {
    backend.configure("shop", "ops");
    registration = backend.listen(timeline::changed);
  }

  @AfterEach
  void stop() {
    registration.close();
  }

  private JsonNode read() throws IOException {
    ByteBuffer whole = AnswerSource.json(timeline.document(List.of("shop", "ops"))).next().bytes();
    return ServerTestCase.parse(StandardCharsets.UTF_8.decode(whole).toString()).at("/data");
  }

  private void discover(String... addresses) {
    backend.discover("shop", Labels.EMPTY, addresses);
    eventually(() -> assertThat(last(read()).at("/active").asInt()).isEqualTo(addresses.length));
  }

  private static JsonNode last(JsonNode document) {
    JsonNode buckets = document.at("/jobs/0/buckets");
    return buckets.get(buckets.size() - 1);
  }

  @Test
  void eachMinuteHasItsCountsAndWhatCameAndWent() throws Exception {
    discover("a:1", "b:1");
    ticker.advance(Duration.ofMinutes(2));
    discover("a:1");
    JsonNode document = read();
    assertThat(document.at("/bucketSeconds").asInt()).isEqualTo(60);
    assertThat(document.at("/jobs/0/job").asText()).isEqualTo("shop");
    assertThat(document.at("/jobs/0/buckets").toString())
        .isEqualTo(
            "[{\"active\":2,\"added\":2,\"changed\":0,\"removed\":0},"
                + "{\"active\":2,\"added\":0,\"changed\":0,\"removed\":0},"
                + "{\"active\":1,\"added\":0,\"changed\":0,\"removed\":1}]");
    assertThat(document.at("/jobs/1/buckets")).hasSize(3);
  }

  @Test
  void minutesOlderThanAnHourAreDroppedAndCountingContinues() throws Exception {
    discover("a:1", "b:1");
    ticker.advance(Duration.ofMinutes(59));
    assertThat(read().at("/jobs/0/buckets/0/added").asInt()).isEqualTo(2);
    ticker.advance(Duration.ofMinutes(1));
    assertThat(read().at("/jobs/0/buckets")).hasSize(60);
    assertThat(read().at("/jobs/0/buckets/0/added").asInt()).isZero();
    ticker.advance(Duration.ofDays(3));
    for (JsonNode bucket : read().at("/jobs/0/buckets")) {
      assertThat(bucket.toString())
          .isEqualTo("{\"active\":2,\"added\":0,\"changed\":0,\"removed\":0}");
    }
  }

  @Test
  void timelineIsServed() throws Exception {
    try (Closer live = new Closer();
        PromdiscoServer server =
            PromdiscoServer.start(
                ServerTestCase.LOOPBACK,
                backend,
                live.add(
                    new RecentHistory(
                        backend, ticker, ServerLimits.DEFAULT, RecentHistory.CHANGES)),
                live)) {
      URI uri = URI.create(server.url() + "/api/v1/discovery/timeline");
      HttpClient client = HttpClient.newHttpClient();
      eventually(
          () -> {
            HttpResponse<String> answer =
                client.send(
                    HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(ServerTestCase.parse(answer.body()).at("/data/jobs")).hasSize(2);
          });
    }
  }
}
