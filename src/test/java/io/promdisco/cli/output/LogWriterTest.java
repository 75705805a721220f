package io.promdisco.cli.output;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LogWriterTest {
  private final List<String> written = new CopyOnWriteArrayList<>();

  private static LogWriter writer(Consumer<String> out, Duration patience) {
    return new LogWriter(out, omitted -> omitted + " omitted", patience);
  }

  @Test
  void lineIsWrittenWhenTheCallReturnsWhereTheReaderKeepsUp() {
    LogWriter writer = writer(written::add, Duration.ofMinutes(1));
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      writer.write("line " + i);
      expected.add("line " + i);
      assertThat(written).isEqualTo(expected);
    }
  }

  @Test
  void readerThatDoesNotReadStopsNobodyAndLinesBeyondTheLimitAreCounted() throws Exception {
    CountDownLatch reads = new CountDownLatch(1);
    LogWriter writer =
        writer(
            line -> {
              try {
                reads.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              written.add(line);
            },
            Duration.ofMillis(5));
    int lines = 3 * LogWriter.MOST_LINES;
    for (int i = 0; i < lines; i++) {
      writer.write("line " + i); // Each would wait for ever.
    }
    reads.countDown();

    eventually(
        () -> {
          assertThat(written).isNotEmpty();
          String last = written.get(written.size() - 1);
          assertThat(last).endsWith(" omitted");
          assertThat(written.size() - 1 + Integer.parseInt(last.split(" ")[0])).isEqualTo(lines);
        });
    assertThat(written.subList(0, LogWriter.MOST_LINES)).first().isEqualTo("line 0");
    assertThat(written).hasSizeLessThan(LogWriter.MOST_LINES + 3);

    writer.write("after");
    eventually(() -> assertThat(written).endsWith("after"));
  }
}
