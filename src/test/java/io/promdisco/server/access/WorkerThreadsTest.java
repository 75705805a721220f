package io.promdisco.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WorkerThreadsTest {
  private static final ClientAddress BUSY = new ClientAddress("192.0.2.1");
  private static final ClientAddress OTHER = new ClientAddress("192.0.2.2");
  private static final long LIMIT_SECONDS = 60;

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void clientWithTasksThatTakeLongLeavesAThreadToOthers() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch running = new CountDownLatch(3);
    CountDownLatch all = new CountDownLatch(6);
    try (WorkerThreads threads = new WorkerThreads("sd-http-test", 4, 3, 100, 50)) {
      for (int i = 0; i < 6; i++) {
        threads.submit(
            BUSY,
            "",
            () -> {
              running.countDown();
              await(end);
              all.countDown();
            });
      }
      await(running);
      CountDownLatch other = new CountDownLatch(1);
      threads.submit(OTHER, "", other::countDown);

      await(other);
      assertThat(all.getCount()).isEqualTo(6);

      end.countDown();
      await(all); // The tasks that the limit held back run as well.
    }
  }

  @Test
  void nextTaskOfAClientRunsAfterItsFirst() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    try (WorkerThreads threads = new WorkerThreads("sd-http-test", 1, 1, 100, 50)) {
      threads.submit(BUSY, "", () -> {});
      threads.submit(BUSY, "", done::countDown);

      await(done);
    }
  }

  @Test
  void clientsThatFillTheQueueDoNotLockOthersOut() {
    FairQueue<String> queue = new FairQueue<>(4, 2, 1);
    for (String address : new String[] {"192.0.2.3", "192.0.2.4"}) {
      assertThat(queue.offer(new ClientAddress(address), "", "1")).isTrue();
      assertThat(queue.offer(new ClientAddress(address), "", "2")).isTrue();
      assertThat(queue.offer(new ClientAddress(address), "", "3")).isFalse();
    }

    assertThat(queue.offer(OTHER, "", "1")).isTrue();
    assertThat(queue.offer(OTHER, "", "2")).isFalse();
  }
}
