package io.promdisco.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.EscapingLogger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;

/**
 * The connection of one stream. It is written as far as the connection accepts data without
 * waiting, so it occupies no thread; the server calls back when the connection accepts more.
 */
final class TargetStream implements Callback {
  private static final Logger log = EscapingLogger.of(TargetStream.class);

  /** The size in bytes up to which pieces are combined. */
  private static final int ENOUGH = 16 << 10;

  /** The number of bytes after which other streams and answers take their turn. */
  private static final int TURN_BYTES = 1 << 20;

  private final StreamSource source;
  private final LongAnswer answer;
  private final Consumer<TargetStream> onEnd;
  private final Consumer<Runnable> later;
  private final ReentrantLock lock = new ReentrantLock();

  /** Whether there may be something to send. Set by threads that find another thread writing. */
  private final AtomicBoolean news = new AtomicBoolean();

  /** Whether a heartbeat is due. */
  private final AtomicBoolean beat = new AtomicBoolean();

  /** Whether the connection has not accepted everything; then the server calls back. */
  @GuardedBy("lock")
  private boolean full;

  /**
   * Whether a loop further up the stack continues to write if the connection accepted everything
   * immediately.
   */
  @GuardedBy("lock")
  private boolean writing;

  /** Whether the rest is written later, by a task that is waiting for its turn. */
  @GuardedBy("lock")
  private boolean resting;

  @GuardedBy("lock")
  private boolean ended;

  /**
   * Creates a stream whose answer has not begun.
   *
   * @param later runs the rest of a long write
   * @param onEnd called at least once when the stream has ended
   */
  TargetStream(
      StreamSource source,
      LongAnswer answer,
      Consumer<Runnable> later,
      Consumer<TargetStream> onEnd) {
    this.source = source;
    this.answer = answer;
    this.later = later;
    this.onEnd = onEnd;
  }

  /** Begins to write. */
  void start() {
    answer.onFailure(this::failed);
    pump();
  }

  /** Called when the connection has sent the data. */
  @Override
  public void succeeded() {
    lock.lock();
    try {
      full = false;
      if (!writing) {
        write();
      }
    } finally {
      lock.unlock();
    }
    writeNews();
  }

  /**
   * Writes what there is to send, or leaves it to the thread that is writing now; never waits.
   * Closes the stream, and returns true, if the client is so slow that changes it has not received
   * are no longer stored.
   */
  boolean pump() {
    news.set(true);
    if (lock.tryLock()) {
      try {
        if (full && !ended && !source.isRemembered()) {
          end(new IOException("the reader is too slow"));
          return true;
        }
      } finally {
        lock.unlock();
      }
    }
    writeNews();
    return false;
  }

  /**
   * Called without the lock by every thread that had it, because others may have found it taken.
   */
  private void writeNews() {
    while (news.get() && !lock.isHeldByCurrentThread() && lock.tryLock()) {
      try {
        news.set(false);
        if (beat.getAndSet(false) && !full && !ended && !resting) {
          send(source.heartbeat());
        }
        write();
      } finally {
        lock.unlock();
      }
    }
  }

  private void resume() {
    lock.lock();
    try {
      resting = false;
      write();
    } finally {
      lock.unlock();
    }
    writeNews();
  }

  /**
   * Writes a heartbeat if the connection accepts it, or leaves it to the thread that is writing
   * now. Ends the answer if the settings that admitted the client have changed; the client can
   * reconnect.
   */
  void heartbeat() {
    if (!answer.isAllowed()) {
      close();
      return;
    }
    beat.set(true);
    news.set(true);
    writeNews();
  }

  @GuardedBy("lock")
  private void write() {
    try {
      int sent = 0;
      while (!full && !ended && !resting) {
        if (sent >= TURN_BYTES) {
          resting = true;
          later.accept(this::resume);
          return;
        }
        byte[] next = gather();
        if (next.length == 0) {
          return;
        }
        sent += next.length;
        send(next);
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      end(e);
    }
  }

  private byte[] gather() {
    byte[] piece = source.next();
    if (piece.length == 0 || piece.length >= ENOUGH) {
      return piece;
    }
    ByteArrayOutputStream gathered = new ByteArrayOutputStream(2 * piece.length);
    while (piece.length > 0) {
      gathered.writeBytes(piece);
      piece = gathered.size() < ENOUGH ? source.next() : new byte[0];
    }
    return gathered.toByteArray();
  }

  /** Often the connection has sent the data when this returns, and the callback has already run. */
  @GuardedBy("lock")
  private void send(byte[] bytes) {
    full = true;
    writing = true;
    answer.write(bytes, this);
    writing = false;
  }

  /** Ends the answer; breaks the connection if it accepts no data. */
  void close() {
    lock.lock();
    try {
      if (ended) {
        return;
      }
      if (full) {
        end(new IOException("the server is stopping"));
      } else {
        ended = true;
        answer.end();
      }
    } finally {
      lock.unlock();
    }
    onEnd.accept(this);
  }

  @GuardedBy("lock")
  private void end(Throwable cause) {
    if (!ended) {
      ended = true;
      log.debug("a stream has ended", cause);
      answer.cut(cause);
      onEnd.accept(this);
    }
  }

  /** Called when the connection breaks. */
  @Override
  public void failed(Throwable cause) {
    lock.lock();
    try {
      end(cause);
    } finally {
      lock.unlock();
    }
  }
}
