package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.Closer;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatcherTest {
  @TempDir private Path folder = Path.of("");
  private final ManualTicker clock = new ManualTicker();
  private final Closer closer = new Closer();
  private final AtomicInteger planned = new AtomicInteger();
  private final AtomicInteger changes = new AtomicInteger();

  /** The manual clock, which also counts the alarms that are set. */
  private final Ticker ticker =
      new Ticker() {
        @Override
        public long nanos() {
          return clock.nanos();
        }

        @Override
        public Instant now() {
          return clock.now();
        }

        @Override
        public Alarm schedule(Duration delay, Runnable task) {
          Alarm alarm = clock.schedule(delay, task);
          planned.incrementAndGet();
          return alarm;
        }
      };

  private void watch(Path file, List<String> patterns) {
    closer.add(
        new ConfigWatcher(
            ticker,
            file,
            ConfigWatcher.contents(file, patterns),
            () -> patterns,
            changes::incrementAndGet));
  }

  @AfterEach
  void endWatch() {
    closer.close();
  }

  /** Lets the watcher look once, and waits until it has. */
  private void look() {
    int before = planned.get();
    clock.advance(ConfigWatcher.PAUSE);
    eventually(() -> assertThat(planned.get()).isGreaterThan(before));
  }

  private int changesAfterTwoLooks() {
    look();
    look();
    return changes.get();
  }

  @Test
  void rewritingTheSameContentIsNotAChange() throws IOException {
    Path file = Files.writeString(folder.resolve("p.yml"), "a");
    watch(file, List.of());
    Files.writeString(file, "a");

    assertThat(changesAfterTwoLooks()).isZero();
  }

  @Test
  void newContentIsAChangeOnceItHasSettled() throws IOException {
    Path file = Files.writeString(folder.resolve("p.yml"), "a");
    watch(file, List.of());
    Files.writeString(file, "half of it");
    look();
    Files.writeString(file, "all of it");
    look();
    assertThat(changes.get()).isZero();

    look();
    assertThat(changes.get()).isEqualTo(1);
    assertThat(changesAfterTwoLooks()).isEqualTo(1);
  }

  @Test
  void contentThatNeverSettlesIsAChangeAfterSomeSeconds() throws IOException {
    Path file = Files.writeString(folder.resolve("p.yml"), "a");
    watch(file, List.of());
    for (int i = 1; i <= 3 * ConfigWatcher.MOST_UNSETTLED; i++) {
      Files.writeString(file, "version " + i);
      look();
      assertThat(changes.get()).isEqualTo(i / ConfigWatcher.MOST_UNSETTLED);
    }
  }

  @Test
  void linkThatPointsElsewhereIsAChange() throws IOException {
    for (String version : List.of("v1", "v2")) {
      Files.createDirectory(folder.resolve(version));
      Files.writeString(folder.resolve(version).resolve("p.yml"), version);
    }
    Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("v1"));
    Path file = Files.createSymbolicLink(folder.resolve("p.yml"), Path.of("..data", "p.yml"));
    watch(file, List.of());
    Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("v2"));
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

    assertThat(changesAfterTwoLooks()).isEqualTo(1);
  }

  @Test
  void filesThatPatternsFindAreWatchedWithThoseToCome() throws IOException {
    Path file = Files.writeString(folder.resolve("p.yml"), "a");
    Path jobs = Files.writeString(folder.resolve("jobs-1.yml"), "a");
    watch(file, List.of(folder + "/jobs-*.yml"));
    Files.writeString(jobs, "b");
    assertThat(changesAfterTwoLooks()).isEqualTo(1);

    Files.writeString(folder.resolve("jobs-2.yml"), "b");
    assertThat(changesAfterTwoLooks()).isEqualTo(2);

    Files.delete(jobs);
    assertThat(changesAfterTwoLooks()).isEqualTo(3);

    Files.writeString(folder.resolve("other.yml"), "b");
    assertThat(changesAfterTwoLooks()).isEqualTo(3);
  }

  @Test
  void anEmptyFileIsIgnoredUntilItHasContentAgain() throws IOException {
    Path file = Files.writeString(folder.resolve("p.yml"), "a");
    watch(file, List.of());
    try (CapturedLog log = new CapturedLog()) {
      Files.writeString(file, " \n");
      assertThat(changesAfterTwoLooks()).isZero();
      assertThat(log.lines("p.yml: empty; the previous configuration")).hasSize(1);
    }
    Files.writeString(file, "{}");
    assertThat(changesAfterTwoLooks()).isEqualTo(1);
  }

  @Test
  void removingAndRestoringAFileAreChanges() throws IOException {
    Path file = Files.writeString(folder.resolve("p.yml"), "a");
    watch(file, List.of());
    Files.delete(file);
    assertThat(changesAfterTwoLooks()).isEqualTo(1);
    Files.writeString(file, "a");
    assertThat(changesAfterTwoLooks()).isEqualTo(2);
  }
}
