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
  private static final int TARGETS = 40; // two changes of every target are more than the log keeps
  private static final int MOST_BYTES = 100_000;

  private final FakeBackend backend = new FakeBackend();
  private final ChangeLog log = new ChangeLog("epoch", CAPACITY, MOST_BYTES);

  private void change(String job, int targets, String text) {
    long before = log.newest();
    backend.discover(
        job,
        Labels.of("__meta_pod", before + text),
        IntStream.range(0, targets).mapToObj(i -> "h" + i + ":80").toArray(String[]::new));
    eventually(() -> assertThat(log.newest()).isEqualTo(before + targets));
  }

  private List<StreamEvent> all() {
    return log.after(Math.max(0, log.newest() - CAPACITY), CAPACITY).orElseThrow();
  }

  @Test
  void forgetsWhatChangesSayBeyondABoundAndWhatIsSentWithIt() {
    backend.configure("shop");
    try (TargetListener.Registration registration = backend.listen(log::append)) {
      assertThat(registration).isNotNull();
      for (int generation = 0; generation < 10; generation++) {
        change("shop", TARGETS, "x".repeat(5000));
        assertThat(log.bytes()).isBetween(MOST_BYTES / 2L, (long) MOST_BYTES);
        List<StreamEvent> latest = all();
        assertThat(latest.get(0).wire()).isNull();
        assertThat(latest.get(latest.size() - 1).wire())
            .hasSizeGreaterThan(5_000)
            .isEqualTo(latest.get(latest.size() - 1).wire());
      }
    }
  }

  @Test
  void forgetsTheChangesOfTheJobThatTakesMostAndNotThoseOfOthers() {
    backend.configure("shop", "vast");
    try (TargetListener.Registration registration = backend.listen(log::append)) {
      assertThat(registration).isNotNull();
      change("shop", 3, "small");
      for (int generation = 0; generation < 10; generation++) {
        change("vast", 1, "x".repeat(2 * MOST_BYTES));
      }
      assertThat(all()).filteredOn(event -> event.job().equals("shop")).hasSize(3);
      assertThat(all())
          .filteredOn(event -> event.job().equals("shop"))
          .allMatch(event -> event.wire() != null);
      assertThat(all())
          .filteredOn(event -> event.job().equals("vast") && event.wire() != null)
          .as("the latest")
          .hasSize(1);
    }
  }

  @Test
  void forgetsTheOldestChangeOfAllBeyondItsNumber() {
    backend.configure("shop", "ops");
    try (TargetListener.Registration registration = backend.listen(log::append)) {
      assertThat(registration).isNotNull();
      change("ops", 1, "");
      for (int generation = 0; generation < CAPACITY; generation++) {
        change("shop", 1, "");
      }
      assertThat(log.reaches(0)).isFalse();
      assertThat(log.reaches(1)).isTrue();
      assertThat(all()).hasSize(CAPACITY).allMatch(event -> event.job().equals("shop"));
    }
  }
}
