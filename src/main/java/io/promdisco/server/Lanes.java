package io.promdisco.server;

import io.promdisco.util.Closer;

/**
 * The threads that make answers. What is quick or must answer whatever else happens has threads of
 * its own, so that a search over all targets or a reload that takes long delays neither readiness
 * nor metrics. Safe for all threads.
 */
final class Lanes implements AutoCloseable {
  private static final int WORK_THREADS = 4;
  private static final int MOST_WAITING = 128;
  private static final int MOST_WAITING_PER_CLIENT = 64;
  private static final int MOST_RELOADS_WAITING = 16;

  private final Closer closer = new Closer();
  private final Workers work =
      closer.add(new Workers("sd-http-work", WORK_THREADS, MOST_WAITING, MOST_WAITING_PER_CLIENT));
  private final Workers status =
      closer.add(new Workers("sd-http-status", 1, MOST_WAITING, MOST_WAITING_PER_CLIENT));
  private final Workers reloads =
      closer.add(new Workers("sd-http-reload", 1, MOST_RELOADS_WAITING, MOST_RELOADS_WAITING / 2));

  /** Who makes an answer. */
  enum Lane {
    /** The thread that read the request. */
    DIRECT,
    /** A thread that makes readiness and metrics and nothing else. */
    STATUS,
    /** The one thread that reloads. */
    RELOAD,
    /** A few threads for everything else. */
    WORK
  }

  /** Makes an answer now or soon; false if too many wait. */
  boolean submit(Lane lane, ClientAddress client, Runnable answer) {
    if (lane == Lane.DIRECT) {
      answer.run();
      return true;
    }
    return workers(lane).submit(client, "", answer);
  }

  /** Makes the rest of an answer. */
  void resume(Lane lane, ClientAddress client, Runnable rest) {
    workers(lane).resume(client, "", rest);
  }

  private Workers workers(Lane lane) {
    return switch (lane) {
      case STATUS -> status;
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
