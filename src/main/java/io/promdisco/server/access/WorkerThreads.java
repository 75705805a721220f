package io.promdisco.server.access;

import io.promdisco.Internal;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * A small pool of threads that work for requests, so that the threads of the web server never do.
 * The number of waiting tasks is limited, in total and for each client, and clients take turns. One
 * client may occupy only some of the threads. Threads are started when needed and end after ten
 * idle seconds. Safe for all threads.
 *
 * @hidden
 */
@Internal
public final class WorkerThreads implements AutoCloseable {
  private static final Logger log = EscapingLogger.of(WorkerThreads.class);
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;
  private final FairQueue<Runnable> queue;

  /**
   * Creates the pool without starting a thread.
   *
   * @param name the name of its threads
   * @param most the maximum number of threads
   * @param mostPerClient the maximum number of threads that work for one client
   * @param waiting the maximum number of waiting tasks
   * @param waitingPerClient the maximum number of waiting tasks of one client
   */
  public WorkerThreads(
      String name, int most, int mostPerClient, int waiting, int waitingPerClient) {
    queue = new FairQueue<>(waiting, waitingPerClient, mostPerClient);
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

  /** Runs a task soon. Returns false if too many are waiting. */
  public boolean submit(ClientAddress client, String topic, Runnable task) {
    return queue.offer(client, topic, task) && wakeOne();
  }

  /** Runs the rest of a task that was accepted before. */
  public void resume(ClientAddress client, String topic, Runnable task) {
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

  /**
   * A task that waits because of its client's share is run by the thread that finishes another task
   * of that client.
   */
  private void runNext() {
    FairQueue.Taken<Runnable> next = queue.poll();
    while (next != null) {
      try {
        next.item().run();
      } catch (RuntimeException | Error e) {
        log.error("a task of the web server failed", e);
      } finally {
        queue.finish(next.client());
      }
      next = queue.poll();
    }
  }

  /** Ends the threads and drops waiting tasks. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
