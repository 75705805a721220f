package io.promdisco.cli.output;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.NamedThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * Writes lines in order on a thread of its own, so that a full pipe that nobody reads stops no
 * other thread. A caller waits until its line has been written, but no longer than a given time,
 * and not at all after another has waited so long in vain. Lines beyond {@value #MOST_LINES} that
 * wait are omitted and counted. Safe for all threads.
 */
final class LogWriter {
  static final int MOST_LINES = 1000;

  private static final int MOST_CHARACTERS = 1 << 20;
  private static final long IDLE_SECONDS = 10;

  private final Consumer<String> out;
  private final LongFunction<String> omission;
  private final long patience;
  private final ThreadPoolExecutor thread;

  @GuardedBy("this")
  private final Deque<String> waiting = new ArrayDeque<>();

  @GuardedBy("this")
  private long characters;

  @GuardedBy("this")
  private long accepted;

  @GuardedBy("this")
  private long written;

  @GuardedBy("this")
  private long omitted;

  /** Whether a caller has waited in vain, and nothing has been written since. */
  @GuardedBy("this")
  private boolean stuck;

  /**
   * Creates a writer without a thread.
   *
   * @param out takes a line; may block
   * @param omission the line that says how many lines were omitted
   * @param patience how long a caller waits for its line
   */
  LogWriter(Consumer<String> out, LongFunction<String> omission, Duration patience) {
    this.out = out;
    this.omission = omission;
    this.patience = patience.toNanos();
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            NamedThreads.daemon("log"));
    thread.allowCoreThreadTimeOut(true);
  }

  /** Writes a line, or leaves it to the thread if that takes too long. */
  void write(String line) {
    long number = accept(line);
    if (number > 0) {
      thread.execute(this::writeNext);
      await(number);
    }
  }

  /** Returns the number of the line; 0 if it is omitted. */
  private synchronized long accept(String line) {
    boolean room = waiting.size() < MOST_LINES && characters + line.length() <= MOST_CHARACTERS;
    if (!room && !waiting.isEmpty()) {
      omitted++;
      return 0;
    }
    waiting.add(line);
    characters += line.length();
    return ++accepted;
  }

  private synchronized void await(long number) {
    long end = System.nanoTime() + patience;
    while (written < number && !stuck) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        stuck = true;
        return;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void writeNext() {
    out.accept(next());
    long missing = finished();
    if (missing > 0) {
      out.accept(omission.apply(missing));
    }
  }

  private synchronized String next() {
    String line = waiting.remove();
    characters -= line.length();
    return line;
  }

  /** Returns how many lines were omitted, once no line waits. */
  private synchronized long finished() {
    written++;
    stuck = false;
    notifyAll();
    long missing = waiting.isEmpty() ? omitted : 0;
    omitted -= missing;
    return missing;
  }
}
