package io.promdisco.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;

/** Counts the bytes that this thread allocates: unlike time, the same on every machine. */
public final class AllocatedBytes {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private AllocatedBytes() {}

  /**
   * Bytes that {@code task} allocates when it runs for the second time, for each of {@code units}.
   */
  public static double per(int units, Callable<?> task) throws Exception {
    task.call(); // Loads classes, fills tables that are kept.
    long before = THREADS.getCurrentThreadAllocatedBytes();
    task.call();
    return (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / units;
  }
}
