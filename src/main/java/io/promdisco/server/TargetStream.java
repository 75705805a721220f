package io.promdisco.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.EscapingLogger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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

  private final StreamSource source;
  private final LongAnswer answer;
  private final Consumer<TargetStream> onEnd;
  private final ReentrantLock lock = new ReentrantLock();

  /** Whether the connection has not taken all that was written; then the server calls back. */
  @GuardedBy("lock")
  private boolean full;

  /** Whether a loop further up the stack writes on when the connection took all at once. */
  @GuardedBy("lock")
  private boolean writing;

  @GuardedBy("lock")
  private boolean ended;

  /**
   * A stream whose answer has not begun.
   *
   * @param onEnd called one or more times when it has ended
   */
  TargetStream(StreamSource source, LongAnswer answer, Consumer<TargetStream> onEnd) {
    this.source = source;
    this.answer = answer;
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
  }

  /**
   * Writes what there is to tell. Drops a reader that has not taken what is no longer remembered;
   * true then.
   */
  boolean pump() {
    lock.lock();
    try {
      if (full && !ended && !source.isRemembered()) {
        end(new IOException("the reader is too slow"));
        return true;
      }
      write();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes a heartbeat if the connection accepts it. Ends the answer if the settings that admitted
   * the client have changed; the client can reconnect.
   */
  void heartbeat() {
    if (!answer.isAllowed()) {
      close();
      return;
    }
    lock.lock();
    try {
      if (!full && !ended) {
        send(source.heartbeat());
        write();
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void write() {
    try {
      while (!full && !ended) {
        byte[] next = gather();
        if (next.length == 0) {
          return;
        }
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
