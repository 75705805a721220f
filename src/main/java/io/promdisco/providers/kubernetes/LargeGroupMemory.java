package io.promdisco.providers.kubernetes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.util.MemoryBudget;
import io.promdisco.util.SourceMemory;
import java.util.HashMap;
import java.util.Map;

/**
 * The approximate memory of a discoverer's large groups, beyond what is counted for their objects.
 * Safe for all threads.
 */
final class LargeGroupMemory implements AutoCloseable {
  /** The bytes of a group that are counted with its object. */
  private static final long SMALL = 16 << 10;

  private final MemoryBudget.Share share;

  @GuardedBy("this")
  private final SourceMemory memory;

  @GuardedBy("this")
  private final Map<ObjectKey, Long> large = new HashMap<>();

  LargeGroupMemory(MemoryBudget budget) {
    share = budget.shareOfObjects();
    memory = share.reading(0);
  }

  /**
   * Counts the group of the object at {@code key} instead of the previous one.
   *
   * @param bytes 0 if the group was removed
   * @throws SourceMemory.ExceededException if it is too much; then the previous group is still
   *     counted
   */
  synchronized void put(ObjectKey key, long bytes) throws SourceMemory.ExceededException {
    if (bytes <= SMALL && large.isEmpty()) {
      return;
    }
    long before = large.getOrDefault(key, 0L);
    memory.takeUnderPressure((bytes <= SMALL ? 0 : bytes) - before);
    if (bytes > SMALL) {
      large.put(key, bytes);
    } else {
      large.remove(key);
    }
  }

  @Override
  public void close() {
    share.close();
  }
}
