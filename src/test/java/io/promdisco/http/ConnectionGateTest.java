package io.promdisco.http;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.testing.ManualTicker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionGateTest {
  private final ManualTicker ticker = new ManualTicker();
  private final ConnectionGate gate = new ConnectionGate(ticker);
  private final AtomicInteger inside = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();

  private void enterWith(int count) {
    for (int i = 0; i < count; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  gate.enter();
                  inside.incrementAndGet();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      threads.add(thread);
      thread.start();
    }
  }

  private void allWait(int count) throws InterruptedException {
    ticker.awaitAlarms(count);
    eventually(
        () ->
            assertThat(threads.stream().filter(t -> t.getState() == Thread.State.WAITING).count())
                .isEqualTo(count));
  }

  private void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void oneGoesFirstAndTheOthersFollowWhenItIsConnected() throws Exception {
    enterWith(5);
    allWait(4);
    assertThat(inside.get()).isEqualTo(1);
    gate.connected();
    join();
    assertThat(inside.get()).isEqualTo(5);
    gate.enter();
  }

  @Test
  void whenTheFirstFailsOneOtherGoesFirst() throws Exception {
    enterWith(3);
    allWait(2);
    gate.disconnected();
    eventually(() -> assertThat(inside.get()).isEqualTo(2));
    allWait(1);
    assertThat(inside.get()).isEqualTo(2);
    gate.disconnected();
    join();
  }

  @Test
  void nobodyWaitsLongerThanItsPatience() throws Exception {
    enterWith(3);
    allWait(2);
    ticker.advance(ConnectionGate.PATIENCE);
    join();
    assertThat(inside.get()).isEqualTo(3);
  }
}
