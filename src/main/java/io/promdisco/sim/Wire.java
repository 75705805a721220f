package io.promdisco.sim;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.Ticker;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The sending side of a request, able to fail in every way that a network can. One thread writes at
 * a time; any thread may close or release it.
 */
final class Wire implements Closeable {
  private static final int SLICES_PER_SECOND = 20;
  private static final int FULL_SPEED = -1;

  private final Socket raw;
  private final Http1Output out;
  private final Ticker ticker;
  private volatile int bytesPerSecond = FULL_SPEED;

  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private boolean released;

  /**
   * Writes to {@code out}.
   *
   * @param raw the TCP connection below, TLS or not
   */
  Wire(Socket raw, Http1Output out, Ticker ticker) {
    this.raw = raw;
    this.out = out;
    this.ticker = ticker;
  }

  /** From now on sends slowly; 0: byte by byte. */
  void slow(int newBytesPerSecond) {
    bytesPerSecond = newBytesPerSecond;
  }

  /** From now on sends as fast as it can, what is under way too. */
  void fullSpeed() {
    bytesPerSecond = FULL_SPEED;
    wake();
  }

  /**
   * Sends the head of an answer.
   *
   * @param length of the body; -1: in chunks
   */
  void head(int status, Map<String, String> headers, long length) throws IOException {
    out.head(status, headers, length);
    out.flush();
  }

  /** Tells a client that waits for it that it may send the body of its request. */
  void goAhead() throws IOException {
    out.goAhead();
  }

  /** Sends bytes of a body of known length. */
  void body(byte[] bytes) throws IOException {
    paced(bytes, this::plain);
  }

  /** Sends bytes as one chunk; slowly: as many. */
  void chunk(byte[] bytes) throws IOException {
    paced(bytes, this::oneChunk);
  }

  /** Writes bytes as one chunk, which leaves together with others, by {@link #flush} at last. */
  void chunkSoon(byte[] bytes) throws IOException {
    if (bytesPerSecond == FULL_SPEED) {
      out.chunk(bytes);
    } else {
      chunk(bytes);
    }
  }

  void flush() throws IOException {
    out.flush();
  }

  /** Ends a body in chunks. */
  void endChunks() throws IOException {
    out.end();
    out.flush();
  }

  private interface Send {
    void send(byte[] bytes) throws IOException;
  }

  private void paced(byte[] bytes, Send send) throws IOException {
    if (bytesPerSecond == FULL_SPEED) {
      send.send(bytes);
      return;
    }
    int to;
    for (int from = 0; from < bytes.length; from = to) {
      int speed = bytesPerSecond;
      int slice = speed == FULL_SPEED ? bytes.length : Math.max(1, speed / SLICES_PER_SECOND);
      to = Math.min(bytes.length, from + slice);
      send.send(Arrays.copyOfRange(bytes, from, to));
      if (speed > 0) {
        pause(Duration.ofNanos(1_000_000_000L * (to - from) / speed));
      }
    }
  }

  private void plain(byte[] bytes) throws IOException {
    out.body(bytes);
    out.flush();
  }

  private void oneChunk(byte[] bytes) throws IOException {
    out.chunk(bytes);
    out.flush();
  }

  private void pause(Duration pause) throws IOException {
    long end = ticker.nanos() + pause.toNanos();
    Ticker.Alarm alarm = ticker.schedule(pause, this::wake);
    lock.lock();
    try {
      while (!released && bytesPerSecond != FULL_SPEED && ticker.nanos() - end < 0) {
        changed.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while sending slowly");
    } finally {
      lock.unlock();
      alarm.cancel();
    }
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until somebody releases or closes this. */
  void awaitRelease() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!released) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Wakes whoever waits in this; it pauses no more. */
  void release() {
    lock.lock();
    try {
      released = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Closes the connection with a reset. */
  void reset() throws IOException {
    raw.setSoLinger(true, 0);
    raw.close();
  }

  /** Closes the connection where it stands: no end of the body, no farewell of TLS. */
  @Override
  public void close() throws IOException {
    release();
    raw.close();
  }
}
