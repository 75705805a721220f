package io.promdisco.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reader's connection. It is written to as far as the connection takes it without waiting, so
 * that no thread is held by it; the server calls back when it takes more.
 */
final class TargetStream implements WriteListener, AsyncListener {
  private static final Logger log = LoggerFactory.getLogger(TargetStream.class);

  private final StreamSource source;
  private final AsyncContext context;
  private final ServletOutputStream out;
  private final Consumer<Throwable> cut;
  private final Consumer<TargetStream> onEnd;
  private final ReentrantLock lock = new ReentrantLock();

  /** Whether the connection takes no more; then the server calls back. */
  @GuardedBy("lock")
  private boolean full = true;

  @GuardedBy("lock")
  private boolean unflushed;

  @GuardedBy("lock")
  private boolean ended;

  /**
   * Of a request for which asynchronous work has been started.
   *
   * @param cut breaks the connection
   * @param onEnd is told once or more that it ended
   */
  TargetStream(
      StreamSource source,
      AsyncContext context,
      ServletOutputStream out,
      Consumer<Throwable> cut,
      Consumer<TargetStream> onEnd) {
    this.source = source;
    this.context = context;
    this.out = out;
    this.cut = cut;
    this.onEnd = onEnd;
  }

  /** Begins to write. */
  void start() {
    context.addListener(this);
    out.setWriteListener(this);
  }

  @Override
  public void onWritePossible() {
    lock.lock();
    try {
      full = false;
      write();
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

  /** Writes a sign of life if the connection takes it. */
  void heartbeat() {
    lock.lock();
    try {
      if (!full && !ended) {
        out.write(source.heartbeat());
        unflushed = true;
        write();
      }
    } catch (IOException | RuntimeException e) {
      end(e);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void write() {
    try {
      while (!full && !ended) {
        if (!out.isReady()) {
          full = true;
          return;
        }
        byte[] piece = source.next();
        if (piece.length > 0) {
          out.write(piece);
          unflushed = true;
        } else if (unflushed) {
          unflushed = false;
          out.flush();
        } else {
          return;
        }
      }
    } catch (IOException | RuntimeException e) {
      end(e);
    }
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
        context.complete();
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
      cut.accept(cause);
      onEnd.accept(this);
      complete();
    }
  }

  private void complete() {
    try {
      context.complete();
    } catch (IllegalStateException e) {
      log.debug("a stream that was cut has completed already", e);
    }
  }

  @Override
  public void onError(Throwable cause) {
    lock.lock();
    try {
      end(cause);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onComplete(AsyncEvent event) {
    onEnd.accept(this);
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    onError(new IOException("timeout"));
  }

  @Override
  public void onError(AsyncEvent event) {
    onError(event.getThrowable());
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    // There is no second start.
  }
}
