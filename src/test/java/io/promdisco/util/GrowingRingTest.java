package io.promdisco.util;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.testing.Eventually;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class GrowingRingTest {
  private final GrowingRing<Integer> ring = new GrowingRing<>();

  @Test
  void keepsTheOrderHoweverPutsAndTakesInterleave() throws InterruptedException {
    Random random = new Random(7);
    Queue<Integer> model = new ArrayDeque<>();
    for (int i = 0; i < 20_000; i++) {
      boolean growing = (i / 2_000) % 2 == 0;
      if (model.isEmpty() || random.nextInt(10) < (growing ? 7 : 3)) {
        ring.put(i);
        model.add(i);
      } else {
        assertThat(ring.take()).isEqualTo(model.remove());
      }
      assertThat(ring.size()).isEqualTo(model.size());
    }
  }

  @Test
  void growsWhileTheTakerIsSlowAndShrinksOnceItHasCaughtUp() throws InterruptedException {
    int before = ring.capacity();
    for (int i = 0; i < 1_000; i++) {
      ring.put(i);
    }
    assertThat(ring.capacity()).isGreaterThanOrEqualTo(1_000);
    for (int i = 0; i < 1_000; i++) {
      assertThat(ring.take()).isEqualTo(i);
    }
    assertThat(ring.capacity()).isEqualTo(before);
  }

  @Test
  void aWaitingTakerGetsWhatIsPutAndEndsWithTheClose() throws InterruptedException {
    List<Integer> taken = new CopyOnWriteArrayList<>();
    Thread taker =
        NamedThreads.start(
            "sd-test-taker",
            () -> {
              try {
                for (Integer next = ring.take(); next != null; next = ring.take()) {
                  taken.add(next);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    ring.put(1);
    ring.put(2);
    Eventually.eventually(() -> assertThat(taken).containsExactly(1, 2));

    ring.close();

    taker.join(10_000);
    assertThat(taker.isAlive()).isFalse();
  }

  @Test
  void aClosedRingDropsWhatWaitedAndTakesNothingIn() throws InterruptedException {
    ring.put(1);
    ring.close();

    assertThat(ring.put(2)).isFalse();
    assertThat(ring.take()).isNull();
    assertThat(ring.size()).isZero();
  }

  @Test
  void takesAllThatWaitsAtOnceInItsOrder() throws InterruptedException {
    for (int round = 0; round < 3; round++) {
      ring.put(-1);
      assertThat(ring.take()).isEqualTo(-1);
      List<Integer> all = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        all.add(i);
      }
      ring.putAll(all.subList(0, 60));
      ring.putAll(all.subList(60, 100));
      assertThat(ring.takeAll()).isEqualTo(all);
      assertThat(ring.size()).isZero();
      assertThat(ring.capacity()).isEqualTo(16);
    }
  }

  @Test
  void acceptsNothingAfterClose() throws InterruptedException {
    ring.put(1);
    ring.close();
    assertThat(ring.putAll(List.of(2, 3))).isFalse();
    assertThat(ring.takeAll()).isNull();
  }
}
