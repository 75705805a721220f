package io.promdisco.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

final class TargetStreamTest {
  private static final int TARGETS = 20_000;
  private static final int LONGEST_TURN = (1 << 20) + (64 << 10);

  private final FakeBackend backend = new FakeBackend();
  private final ChangeLog log = new ChangeLog("epoch", 64, 1 << 20);
  private final StreamSnapshots snapshots = new StreamSnapshots(backend, log);
  private final Deque<Runnable> later = new ArrayDeque<>();

  private TargetStream stream(BiConsumer<ByteBuffer, Callback> writes) {
    backend.configure("shop");
    backend.discover(
        "shop",
        Labels.of("a", "b"),
        IntStream.range(0, TARGETS).mapToObj(i -> "h" + i + ":80").toArray(String[]::new));
    Request request = ExchangeFixtures.request("/");
    LongAnswer answer =
        new LongAnswer(
            request,
            ExchangeFixtures.response(writes),
            Callback.NOOP,
            ExchangeFixtures.connection());
    StreamSource source =
        new StreamSource(log, snapshots, new AnswerMemory(), new StreamRequest("", true, ""));
    return new TargetStream(source, answer, later::add, ended -> {});
  }

  @Test
  void writesALongSnapshotInTurns() {
    AtomicLong written = new AtomicLong();
    TargetStream stream =
        stream(
            (part, done) -> {
              written.addAndGet(part.remaining());
              done.succeeded();
            });

    stream.start();
    int turns = 1;
    long before = 0;
    for (Runnable rest = later.poll(); rest != null; rest = later.poll()) {
      assertThat(written.get() - before).isBetween(1L << 20, (long) LONGEST_TURN);
      before = written.get();
      stream.pump(); // leaves the rest to the task that is queued
      assertThat(written).hasValue(before);
      assertThat(later).isEmpty();
      rest.run();
      turns++;
    }
    assertThat(turns).isGreaterThan(2);
    assertThat(written).hasValueGreaterThan(100L * TARGETS);
  }

  @Test
  void threadThatHasNewsDoesNotWaitForTheOneThatWrites() throws InterruptedException {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    TargetStream stream =
        stream(
            (part, done) -> {
              if (first.getAndSet(false)) {
                writing.countDown();
                await(end);
              }
              done.succeeded();
            });
    Thread writer = new Thread(stream::start);
    writer.start();
    try {
      await(writing);

      Assertions.assertTimeoutPreemptively(
          Duration.ofSeconds(10),
          () -> {
            assertThat(stream.pump()).isFalse();
            stream.heartbeat();
          });
    } finally {
      end.countDown();
      writer.join();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
