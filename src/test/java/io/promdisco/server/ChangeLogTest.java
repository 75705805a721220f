package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import io.promdisco.scrape.TargetListener;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ChangeLogTest {
  private static final int CAPACITY = 64;
  private static final int TARGETS = 40; // two changes of all are more than are remembered
  private static final int MOST_BYTES = 100_000;

  private final FakeBackend backend = new FakeBackend();
  private final ChangeLog log = new ChangeLog("epoch", CAPACITY, MOST_BYTES);

  private void change(int generation) {
    long before = log.newest();
    backend.discover(
        "shop",
        Labels.of("__meta_pod", generation + "x".repeat(5000)),
        IntStream.range(0, TARGETS).mapToObj(i -> "h" + i + ":80").toArray(String[]::new));
    eventually(() -> assertThat(log.newest()).isEqualTo(before + TARGETS));
  }

  private List<StreamEvent> all() {
    return log.after(Math.max(0, log.newest() - CAPACITY), CAPACITY).orElseThrow();
  }

  @Test
  void sentEventsAreKeptWithinALimit() {
    backend.configure("shop");
    try (TargetListener.Registration registration = backend.listen(log::append)) {
      assertThat(registration).isNotNull();
      for (int generation = 0; generation < 10; generation++) {
        change(generation);
        List<StreamEvent> behind = all();
        for (StreamEvent event : behind) {
          assertThat(log.wire(event)).isEqualTo(log.wire(event)).hasSizeGreaterThan(10_000);
          assertThat(log.bytes()).isLessThanOrEqualTo(MOST_BYTES + 20_000);
        }
        change(generation + 100);
        behind.forEach(log::wire); // some of which are remembered no more
      }
      change(1000);
      change(1001);
      assertThat(log.bytes()).as("all are gone that were asked for").isZero();
    }
  }
}
