package io.promdisco.http.h2;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.Silence;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A request and its answer. What comes is gathered in one array while the one thread that reads
 * works on another; at most {@link #WINDOW} bytes wait for it.
 */
public final class Http2Stream implements AutoCloseable {
  /** Bytes that a server may send ahead of the reader: 2 MiB. */
  static final int WINDOW = 2 << 20;

  /** Arrays larger than this are not kept by a stream on which little comes. */
  private static final int KEPT = 16 << 10;

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final byte[] NOTHING = new byte[0];

  private final Http2Connection connection;
  private final int id;
  private final Ticker ticker;
  private final Silence silence;
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private byte[] filling = NOTHING;

  @GuardedBy("lock")
  private int filled;

  /** Taken by the reader, and the server has not been told. */
  @GuardedBy("lock")
  private int uncredited;

  @GuardedBy("lock")
  private @Nullable List<Field> head;

  @GuardedBy("lock")
  private boolean ended;

  @GuardedBy("lock")
  private @Nullable IOException failure;

  // The reader's:
  private byte[] draining = NOTHING;
  private long lastMuch;

  /** By the connection's thread: whether there is something that the reader has not been told. */
  boolean undelivered;

  Http2Stream(Http2Connection connection, int id, Ticker ticker, Duration longestPause) {
    this.connection = connection;
    this.id = id;
    this.ticker = ticker;
    lastMuch = ticker.nanos();
    silence = new Silence(ticker, longestPause, this::isWaitingForReader, this::fail);
  }

  int id() {
    return id;
  }

  private boolean isWaitingForReader() {
    lock.lock();
    try {
      return filled > 0;
    } finally {
      lock.unlock();
    }
  }

  /** The head of the answer; later ones are trailers, which nobody asks for. */
  void answer(List<Field> fields) {
    lock.lock();
    try {
      if (head != null || ended) {
        return;
      }
      head = fields;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    silence.start();
  }

  /** Adds to the body; the reader learns of it by {@link #deliver}. */
  void append(byte[] bytes, int from, int length) throws Http2Exception {
    lock.lock();
    try {
      if (ended) {
        return;
      }
      checkWindow(length);
      int needed = filled + length;
      if (filling.length < needed) {
        int room = Math.max(Math.max(needed, KEPT), Math.min(WINDOW, 2 * filling.length));
        filling = Arrays.copyOf(filling, room);
      }
      System.arraycopy(bytes, from, filling, filled, length);
      filled = needed;
    } finally {
      lock.unlock();
    }
  }

  /** Wakes the reader. */
  void deliver() {
    silence.sign();
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void checkWindow(int more) throws Http2Exception {
    if (filled + uncredited + more > WINDOW) {
      throw Http2Exception.broken(
          Http2Exception.FLOW_CONTROL_ERROR, "more than " + WINDOW + " bytes unasked for");
    }
  }

  /** Takes bytes of the window that were no content. */
  void skip(int bytes) throws Http2Exception {
    int credit;
    lock.lock();
    try {
      if (ended) {
        return;
      }
      checkWindow(bytes);
      credit = taken(bytes);
    } finally {
      lock.unlock();
    }
    if (credit > 0) {
      connection.credit(id, credit);
    }
  }

  /** Counts what has been taken; returns how much of it the server is to be told now. */
  @GuardedBy("lock")
  private int taken(int bytes) {
    uncredited += bytes;
    if (ended || uncredited < WINDOW / 2) {
      return 0;
    }
    int credit = uncredited;
    uncredited = 0;
    return credit;
  }

  /** The server ends the answer, or it breaks off; of several ends the first counts. */
  boolean end(@Nullable IOException problem) {
    silence.stop();
    lock.lock();
    try {
      if (ended) {
        return false;
      }
      ended = true;
      failure = problem;
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the head of the answer. */
  public List<Field> awaitHead() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (head == null) {
        if (failure != null) {
          throw failure;
        }
        if (ended) {
          throw new IOException("the server ended the answer before it began");
        }
        changed.await();
      }
      return head;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next piece of the body, which stays as it is until the next call, or null at the end; waits
   * for it. For one thread.
   */
  public @Nullable ByteBuffer next() throws IOException, InterruptedException {
    byte[] full;
    int length;
    int credit;
    lock.lockInterruptibly();
    try {
      while (filled == 0) {
        if (failure != null) {
          throw failure;
        }
        if (ended) {
          return null;
        }
        changed.await();
      }
      full = filling;
      length = filled;
      filling = reusable(length);
      filled = 0;
      draining = full;
      credit = taken(length);
      silence.sign(); // Until now the server may have waited for us.
    } finally {
      lock.unlock();
    }
    if (credit > 0) {
      connection.credit(id, credit);
    }
    return ByteBuffer.wrap(full, 0, length);
  }

  /** The array that has been read, or a small one where little has come for some time. */
  private byte[] reusable(int length) {
    long now = ticker.nanos();
    if (length > KEPT) {
      lastMuch = now;
    }
    return draining.length > KEPT && now - lastMuch > SOON.toNanos() ? NOTHING : draining;
  }

  /** Ends the answer for its reader with {@code problem}, and for the server. */
  public void fail(IOException problem) {
    if (end(problem)) {
      connection.cancel(this);
    }
  }

  /** Ends it with {@code problem} if not even its head has come. */
  public void failUnanswered(IOException problem) {
    boolean unanswered;
    lock.lock();
    try {
      unanswered = head == null;
    } finally {
      lock.unlock();
    }
    if (unanswered) {
      fail(problem);
    }
  }

  /** Gives the rest of the answer up; the server is told if it is not at its end. */
  @Override
  public void close() {
    fail(new IOException("closed"));
  }
}
