package io.promdisco.util;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Creates threads with names that show their owner. */
public final class NamedThreads {
  private NamedThreads() {}

  /**
   * Returns a factory for daemon threads {@code name}, {@code name-1}, {@code name-2} and so on.
   */
  public static ThreadFactory daemon(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      int n = count.getAndIncrement();
      return unstarted(n == 0 ? name : name + "-" + n, task);
    };
  }

  /** Starts a daemon thread with a name. */
  public static Thread start(String name, Runnable task) {
    Thread thread = unstarted(name, task);
    thread.start();
    return thread;
  }

  private static Thread unstarted(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
