package io.promdisco.server;

import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * A few threads that work for requests, so that the threads of the web server never do. What waits
 * is bounded, in all and for each client, and clients take turns. Threads are made when needed and
 * end when they have had nothing to do for ten seconds. Safe for all threads.
 */
final class WorkerThreads implements AutoCloseable {
  private static final Logger log = EscapingLogger.of(WorkerThreads.class);
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;
  private final FairQueue<Runnable> queue;

  /**
   * Makes no thread yet.
   *
   * @param name what its threads are called
   * @param most how many threads there are at most
   * @param waiting how many tasks wait at most
   * @param waitingPerClient how many tasks of one client wait at most
   */
  WorkerThreads(String name, int most, int waiting, int waitingPerClient) {
    queue = new FairQueue<>(waiting, waitingPerClient);
    threads =
        new ThreadPoolExecutor(
            most,
            most,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            NamedThreads.daemon(name));
    threads.allowCoreThreadTimeOut(true);
  }

  /** Runs a task soon; false if too many wait. */
  boolean submit(ClientAddress client, String topic, Runnable task) {
    return queue.offer(client, topic, task) && wakeOne();
  }

  /** Runs what is left of a task that has been let in before. */
  void resume(ClientAddress client, String topic, Runnable task) {
    queue.add(client, topic, task);
    wakeOne();
  }

  private boolean wakeOne() {
    try {
      threads.execute(this::runNext);
      return true;
    } catch (RejectedExecutionException e) {
      log.debug("closed", e);
      return false;
    }
  }

  private void runNext() {
    Runnable task = queue.poll();
    if (task != null) {
      try {
        task.run();
      } catch (RuntimeException e) {
        log.error("a task of the web server failed", e);
      }
    }
  }

  /** Ends the threads. What waits is not done any more. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
