package io.promdisco.util;

import io.promdisco.testing.Race;
import java.util.Collections;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Concurrent operations on a ring have the same results as if they ran one after the other. */
@Param(name = "element", gen = IntGen.class, conf = "1:9")
public class GrowingRingRaceTest {
  private final GrowingRing<Integer> ring = new GrowingRing<>();

  @Operation
  public boolean put(@Param(name = "element") int element) {
    return ring.put(element);
  }

  @Operation
  public boolean putTwenty(@Param(name = "element") int element) {
    return ring.putAll(Collections.nCopies(20, element)); // More elements than the ring can hold.
  }

  /** Only one thread takes, and it never waits. */
  @Operation(nonParallelGroup = "taker")
  public @Nullable Integer take() throws InterruptedException {
    return ring.size() == 0 ? null : ring.take();
  }

  @Operation(nonParallelGroup = "taker")
  public @Nullable List<Integer> takeAll() throws InterruptedException {
    return ring.size() == 0 ? null : ring.takeAll();
  }

  @Operation
  public int size() {
    return ring.size();
  }

  @Test
  void operationsAreAsIfOneAfterTheOther() {
    Race.run(getClass(), 1_000);
  }
}
