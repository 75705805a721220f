package io.promdisco.sim;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.Ticker;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes responses in HTTP/1.1, and can simulate any failure of a network. One thread writes at a
 * time; any thread may close or release it.
 */
final class ResponseWriter implements Closeable {
  private static final int SLICES_PER_SECOND = 20;
  private static final int FULL_SPEED = -1;

  /** The size of four TLS records. */
  private static final int BUFFER = 1 << 16;

  private final Socket raw;
  private final OutputStream out;
  private final Ticker ticker;
  private volatile int bytesPerSecond = FULL_SPEED;

  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private boolean released;

  /**
   * Creates a writer to {@code socket}.
   *
   * @param raw the TCP connection
   * @param socket the same connection, or TLS over it
   */
  ResponseWriter(Socket raw, Socket socket, Ticker ticker) throws IOException {
    this.raw = raw;
    this.out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
    this.ticker = ticker;
  }

  /** Starts to send slowly; 0 for byte by byte. */
  void slow(int newBytesPerSecond) {
    bytesPerSecond = newBytesPerSecond;
  }

  /** Sends at full speed from now on, including the current response. */
  void fullSpeed() {
    bytesPerSecond = FULL_SPEED;
    wake();
  }

  /**
   * Sends the status line and headers of a response.
   *
   * @param length the length of the body; -1 for chunks
   */
  void head(int status, Map<String, String> headers, long length) throws IOException {
    StringBuilder head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(status).append(' ').append(phrase(status)).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (length < 0) {
      head.append("Transfer-Encoding: chunked\r\n\r\n");
    } else {
      head.append("Content-Length: ").append(length).append("\r\n\r\n");
    }
    write(head.toString());
    out.flush();
  }

  private static String phrase(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 201 -> "Created";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 406 -> "Not Acceptable";
      case 409 -> "Conflict";
      case 410 -> "Gone";
      case 415 -> "Unsupported Media Type";
      case 422 -> "Unprocessable Entity";
      case 429 -> "Too Many Requests";
      case 500 -> "Internal Server Error";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "Status";
    };
  }

  /** Sends {@code 100 Continue} to a client that waits for it. */
  void goAhead() throws IOException {
    write("HTTP/1.1 100 Continue\r\n\r\n");
    out.flush();
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends bytes of a body of known length. */
  void body(byte[] bytes) throws IOException {
    paced(bytes, out::write);
  }

  /** Sends bytes as one chunk; if slow, as one chunk for each byte. */
  void chunk(byte[] bytes) throws IOException {
    paced(bytes, this::writeChunk);
  }

  /**
   * Writes bytes as one chunk, which may be sent together with others, at the latest by {@link
   * #flush}.
   */
  void chunkSoon(byte[] bytes) throws IOException {
    if (bytesPerSecond == FULL_SPEED) {
      writeChunk(bytes);
    } else {
      chunk(bytes);
    }
  }

  private void writeChunk(byte[] bytes) throws IOException {
    if (bytes.length > 0) {
      write(Integer.toHexString(bytes.length) + "\r\n");
      out.write(bytes);
      write("\r\n");
    }
  }

  void flush() throws IOException {
    out.flush();
  }

  /** Ends a body in chunks. */
  void endChunks() throws IOException {
    write("0\r\n\r\n");
    out.flush();
  }

  private interface Write {
    void write(byte[] bytes) throws IOException;
  }

  private void paced(byte[] bytes, Write write) throws IOException {
    int to;
    for (int from = 0; from < bytes.length; from = to) {
      int speed = bytesPerSecond;
      int slice = speed == FULL_SPEED ? bytes.length : Math.max(1, speed / SLICES_PER_SECOND);
      to = Math.min(bytes.length, from + slice);
      boolean whole = to - from == bytes.length;
      write.write(whole ? bytes : Arrays.copyOfRange(bytes, from, to));
      out.flush();
      if (speed > 0) {
        pause(Duration.ofNanos(1_000_000_000L * (to - from) / speed));
      }
    }
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

  /** Waits until another thread releases or closes this. */
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

  /** Wakes threads that wait in this; it pauses no more. */
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

  /** Closes the TCP connection without ending the body or TLS. */
  @Override
  public void close() throws IOException {
    release();
    raw.close();
  }
}
