package io.promdisco.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.promdisco.util.Silence;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands a response body over from the HTTP client's threads to the one thread that reads it. Once
 * {@link #HIGH} bytes wait, no more are asked for until the reader has taken them. An idle stream
 * is one waiting thread.
 */
final class BodyStream
    implements AsyncBody.Consumer<List<ByteBuffer>>, BodyReader.Source, AutoCloseable {
  /** Bytes that may wait for the reader before the server is slowed down: 256 KiB. */
  static final int HIGH = 256 << 10;

  private final Silence silence;
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>();

  @GuardedBy("lock")
  private int waitingBytes;

  @GuardedBy("lock")
  private boolean mustAsk;

  @GuardedBy("lock")
  private boolean ended;

  @GuardedBy("lock")
  private @Nullable IOException failure;

  @GuardedBy("lock")
  private @Nullable AsyncBody body;

  /** Only the reader's; swapped with {@link #waiting}. */
  private ArrayDeque<ByteBuffer> taken = new ArrayDeque<>();

  /** A body that is given up when nothing arrives for {@code longestPause}. */
  BodyStream(Ticker ticker, Duration longestPause) {
    silence = new Silence(ticker, longestPause, this::isWaitingForReader, this::fail);
  }

  /** The answer's head is there: lets the body come. */
  void start(AsyncBody answer) {
    boolean givenUp;
    lock.lock();
    try {
      givenUp = ended;
      if (!givenUp) {
        body = answer;
        silence.start();
      }
    } finally {
      lock.unlock();
    }
    if (givenUp) {
      answer.cancel();
      return;
    }
    var unused = answer.done().whenComplete((nothing, problem) -> finished(problem));
    answer.consume();
  }

  @Override
  public void consume(List<ByteBuffer> chunks, AsyncBody source) {
    boolean more;
    lock.lock();
    try {
      for (int i = 0; i < chunks.size(); i++) {
        ByteBuffer chunk = chunks.get(i);
        if (chunk.hasRemaining()) {
          waiting.add(chunk);
          waitingBytes += chunk.remaining();
        }
      }
      silence.sign();
      more = waitingBytes < HIGH;
      mustAsk = !more;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (more) {
      source.consume();
    }
  }

  private void finished(@Nullable Throwable problem) {
    Throwable cause =
        problem instanceof CompletionException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : problem;
    if (cause == null) {
      end(null);
    } else if (cause instanceof IOException io) {
      end(io);
    } else if (cause instanceof CancellationException) {
      end(new IOException("closed"));
    } else {
      end(new IOException(cause.toString(), cause));
    }
  }

  /** Ends the body where it is; of several ends the first counts. */
  private void end(@Nullable IOException problem) {
    silence.stop();
    lock.lock();
    try {
      if (!ended) {
        ended = true;
        failure = problem;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isWaitingForReader() {
    lock.lock();
    try {
      return mustAsk;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException, InterruptedException {
    ByteBuffer chunk = taken.poll();
    if (chunk != null) {
      return chunk;
    }
    AsyncBody ask = null;
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty()) {
        if (failure != null) {
          throw failure;
        }
        if (ended) {
          return null;
        }
        changed.await();
      }
      ArrayDeque<ByteBuffer> full = waiting;
      waiting = taken;
      taken = full;
      waitingBytes = 0;
      if (mustAsk) {
        mustAsk = false;
        ask = body;
      }
    } finally {
      lock.unlock();
    }
    if (ask != null) {
      silence.sign(); // It was we who paused.
      ask.consume();
    }
    return taken.poll();
  }

  /** Ends the body for its reader with {@code problem} and for the server too. */
  void fail(IOException problem) {
    end(problem);
    close();
  }

  /** Gives the rest of the body up; the server is told if it is not at its end. */
  @Override
  public void close() {
    AsyncBody open;
    lock.lock();
    try {
      open = body;
      body = null;
    } finally {
      lock.unlock();
    }
    if (open != null) {
      open.cancel();
    }
    end(new IOException("closed"));
  }
}
