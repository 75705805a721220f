package io.promdisco.server;

import io.promdisco.server.access.ClientAddress;
import io.promdisco.server.access.WorkerThreads;
import io.promdisco.util.Closer;

/**
 * The threads that make answers. Readiness with metrics, HTTP service discovery, and reloads have
 * separate threads, so that a search over all targets or a long reload does not delay them. Safe
 * for all threads.
 */
final class AnswerThreads implements AutoCloseable {
  private static final int WORK_THREADS = 4;

  /** One thread remains for other clients while a client waits for long answers. */
  private static final int WORK_THREADS_PER_CLIENT = WORK_THREADS - 1;

  private static final int DISCOVERY_THREADS = 3;

  private static final int MOST_WAITING = 128;
  private static final int MOST_WAITING_PER_CLIENT = 64;
  private static final int MOST_RELOADS_WAITING = 16;

  /** A program that scrapes may request all its jobs at once. */
  private static final int MOST_READERS_WAITING = 4096;

  private final Closer closer = new Closer();
  private final WorkerThreads work =
      closer.add(
          new WorkerThreads(
              "sd-http-work",
              WORK_THREADS,
              WORK_THREADS_PER_CLIENT,
              MOST_WAITING,
              MOST_WAITING_PER_CLIENT));
  private final WorkerThreads status =
      closer.add(new WorkerThreads("sd-http-status", 1, 1, MOST_WAITING, MOST_WAITING_PER_CLIENT));
  private final WorkerThreads discovery =
      closer.add(
          new WorkerThreads(
              "sd-http-discovery",
              DISCOVERY_THREADS,
              DISCOVERY_THREADS - 1,
              MOST_READERS_WAITING,
              MOST_READERS_WAITING / 2));
  private final WorkerThreads reloads =
      closer.add(
          new WorkerThreads(
              "sd-http-reload", 1, 1, MOST_RELOADS_WAITING, MOST_RELOADS_WAITING / 2));

  /** A group of threads that make answers. */
  enum Group {
    /** The thread that read the request. */
    DIRECT,
    /** A thread for readiness and metrics only. */
    STATUS,
    /** Threads for HTTP service discovery only. */
    DISCOVERY,
    /** The thread for reloads. */
    RELOAD,
    /** A few threads for everything else. */
    WORK
  }

  /** Makes an answer now or soon. Returns false if too many are waiting. */
  boolean submit(Group group, ClientAddress client, Runnable answer) {
    if (group == Group.DIRECT) {
      answer.run();
      return true;
    }
    return workers(group).submit(client, "", answer);
  }

  /** Makes the rest of an answer. */
  void resume(Group group, ClientAddress client, Runnable rest) {
    workers(group).resume(client, "", rest);
  }

  private WorkerThreads workers(Group group) {
    return switch (group) {
      case STATUS -> status;
      case DISCOVERY -> discovery;
      case RELOAD -> reloads;
      case DIRECT, WORK -> work;
    };
  }

  /** Ends the threads. */
  @Override
  public void close() {
    closer.close();
  }
}
