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
 * One reader's connection. It is written to as far as the connection takes it without waiting, so
 * that no thread is held by it; the server calls back when it takes more.
 */
final class TargetStream implements Callback {
  private static final Logger log = EscapingLogger.of(TargetStream.class);

  /** Pieces are put together until there are so many bytes. */
  private static final int ENOUGH = 16 << 10;

  /** After this many bytes other streams and answers have their turn. */
  private static final int TURN_BYTES = 1 << 20;

  private final StreamSource source;
  private final LongAnswer answer;
  private final Consumer<TargetStream> onEnd;
  private final Consumer<Runnable> later;
  private final ReentrantLock lock = new ReentrantLock();

  /** Whether there may be something to tell; left by threads that found another one writing. */
  private final AtomicBoolean news = new AtomicBoolean();

  /** Whether a heartbeat is due. */
  private final AtomicBoolean beat = new AtomicBoolean();

  /** Whether the connection has not taken all that was written; then the server calls back. */
  @GuardedBy("lock")
  private boolean full;

  /** Whether a loop further up the stack writes on when the connection took all at once. */
  @GuardedBy("lock")
  private boolean writing;

  /** Whether the rest of what there is to tell is written later, in a turn that is waiting. */
  @GuardedBy("lock")
  private boolean resting;

  @GuardedBy("lock")
  private boolean ended;

  /**
   * A stream whose answer has not begun.
   *
   * @param later runs the rest of what takes long to write
   * @param onEnd called one or more times when it has ended
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

  /** The connection has taken what was written. */
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
   * Writes what there is to tell, or lets the thread do it that is writing now: never waits for it.
   * Drops a reader that has not taken what is no longer remembered; true then.
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

  /** Called without the lock by all that have had it, since others may have found it taken. */
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
   * Writes a heartbeat if the connection accepts it, or lets the thread do it that is writing now.
   * Ends the answer if the settings that admitted the client have changed; the client can
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

  /** Often the connection has taken it when this returns; then the call-back came meanwhile. */
  @GuardedBy("lock")
  private void send(byte[] bytes) {
    full = true;
    writing = true;
    answer.write(bytes, this);
    writing = false;
  }

  /** Ends the answer; breaks the connection if it takes no more. */
  void close() {
    lock.lock();
    try {
      if (ended) {
        return;
      }
      if (full) {
        end(new IOException("the server stops"));
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
      log.debug("a stream ends", cause);
      answer.cut(cause);
      onEnd.accept(this);
    }
  }

  /** The connection broke. */
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
