package io.promdisco.util;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import org.junit.jupiter.api.Test;

final class MemoryBudgetTest {
  private static final int MIB = 1 << 20;

  private final MemoryBudget budget = new MemoryBudget(10 * MIB, 15 * MIB);

  private static void refuses(SourceMemory memory, long bytes, String message) {
    assertThatExceptionOfType(SourceMemory.ExceededException.class)
        .isThrownBy(() -> memory.take(bytes))
        .withMessageContaining(message);
  }

  private static void read(MemoryBudget.Share share, long bytes) throws Exception {
    share.reading(0).take(bytes);
    share.hold(bytes);
  }

  @Test
  void sourcesThatAreSmallEnoughEachMayNotBeTooLargeTogether() throws Exception {
    read(budget.share(), 9 * MIB);
    MemoryBudget.Share second = budget.share();
    refuses(second.reading(0), 11 * MIB, "this source would take more than about 10 MiB");
    refuses(second.reading(0), 7 * MIB, "all sources together would take more than about 15 MiB");
    second.hold(0);
    read(second, 6 * MIB);
    refuses(budget.share().reading(0), 1, "all sources together");
  }

  @Test
  void aNewStateReplacesTheOldOneAndClosedSourcesHoldNothing() throws Exception {
    MemoryBudget.Share first = budget.share();
    MemoryBudget.Share second = budget.share();
    read(first, 9 * MIB);
    read(second, 6 * MIB);
    read(first, 9 * MIB);
    read(first, 2 * MIB);
    read(second, 10 * MIB);
    first.close();
    read(first, 9 * MIB); // A refresh that ends after its source was closed.
    read(budget.share(), 5 * MIB);
  }

  @Test
  void objectsOfWatchesCountAThirdAndWhatIsDeletedCountsNoMore() throws Exception {
    SourceMemory objects = budget.shareOfObjects().reading(0);
    objects.takeUnderPressure(10 * MIB);
    objects.takeUnderPressure(20 * MIB);
    read(budget.share(), 4 * MIB);
    refuses(budget.share().reading(0), 2 * MIB, "all sources together");
    objects.takeUnderPressure(-29 * MIB);
    assertThatNoException().isThrownBy(() -> budget.share().reading(0).take(9 * MIB));
  }
}
