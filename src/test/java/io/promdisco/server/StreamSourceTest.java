package io.promdisco.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class StreamSourceTest {
  private static final int TARGETS = 1000; // about 300 kB in each snapshot

  private final FakeBackend backend = new FakeBackend();
  private final ChangeLog log = new ChangeLog("epoch", 64, 1 << 20);
  private final StreamSnapshots snapshots = new StreamSnapshots(backend, log);
  private final AnswerMemory memory = new AnswerMemory(500_000);

  /** A stream that has sent the first piece of a snapshot of this generation. */
  private StreamSource begun(int generation) {
    backend.configure("shop");
    backend.discover(
        "shop",
        Labels.of("generation", "" + generation),
        IntStream.range(0, TARGETS).mapToObj(i -> "h" + i + ":80").toArray(String[]::new));
    log.append(backend.jobs().get(0)); // the next snapshot is a new one
    StreamSource source = new StreamSource(log, snapshots, memory, new StreamRequest("", true, ""));
    assertThat(source.next()).isNotEmpty();
    assertThat(source.next()).isNotEmpty();
    return source;
  }

  @Test
  void snapshotsOfSlowReadersGiveWayToThoseOfOthers() {
    StreamSource first = begun(1);
    assertThat(first.isRemembered()).isTrue();
    StreamSource second = begun(2);
    assertThat(first.isRemembered()).isFalse();
    assertThat(second.isRemembered()).isTrue();
  }

  @Test
  void snapshotThatHasBeenReadTakesNoMemoryAnyMore() {
    StreamSource first = begun(1);
    assertThat(memory.total()).isPositive();
    while (first.next().length > 0) {
      assertThat(first.isRemembered()).isTrue();
    }
    assertThat(memory.total()).isZero();
  }

  @Test
  void aStreamThatEndsReleasesItsSnapshot() {
    StreamSource first = begun(1);
    first.close();
    assertThat(memory.total()).isZero();
  }
}
