package io.promdisco.workqueue;

import io.promdisco.metrics.Metrics;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.Race;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Concurrent operations on a queue have the same results as if they ran one after the other. */
@Param(name = "key", gen = IntGen.class, conf = "1:3")
public class WorkQueueRaceTest {
  private final WorkQueue<Integer> queue =
      new WorkQueue<>("race", new ManualTicker(), Metrics.none());

  @Operation
  public void add(@Param(name = "key") int key) {
    queue.add(key);
  }

  /** Only one worker takes, and it never waits. */
  @Operation(nonParallelGroup = "worker")
  public List<Integer> get() throws InterruptedException {
    return queue.length() == 0 ? List.of() : queue.get(2);
  }

  @Operation
  public void done(@Param(name = "key") int key) {
    queue.done(key);
  }

  @Operation
  public int length() {
    return queue.length();
  }

  @Test
  void operationsAreAsIfOneAfterTheOther() {
    Race.run(getClass(), 1_000);
  }
}
