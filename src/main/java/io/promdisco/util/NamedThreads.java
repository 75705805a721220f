package io.promdisco.util;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads with names that say whose they are. */
public final class NamedThreads {
  private NamedThreads() {}

  /** Makes daemon threads called {@code name}, then {@code name-1}, {@code name-2} and so on. */
  public static ThreadFactory daemon(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      int n = count.getAndIncrement();
      return unstarted(n == 0 ? name : name + "-" + n, task);
    };
  }

  /** Starts a daemon thread called {@code name}. */
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
