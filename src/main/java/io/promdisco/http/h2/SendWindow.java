package io.promdisco.http.h2;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;

/** How much the other side takes at the moment (RFC 9113, section 5.2). Safe for all threads. */
final class SendWindow {
  /** Negative when the other side takes less than it promised. */
  @GuardedBy("this")
  private long bytes;

  @GuardedBy("this")
  private boolean closed;

  SendWindow(long bytes) {
    this.bytes = bytes;
  }

  /**
   * Takes up to {@code wanted} bytes of it; waits while there is none.
   *
   * @throws IOException if it is closed
   */
  synchronized int take(int wanted) throws IOException {
    while (bytes <= 0 && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while the client takes no more", e);
      }
    }
    checkOpen();
    int part = (int) Math.min(bytes, wanted);
    bytes -= part;
    return part;
  }

  synchronized void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("the client takes no more");
    }
  }

  /** The other side takes so many bytes more, or less. */
  synchronized void grow(long more) {
    bytes += more;
    notifyAll();
  }

  /** Nothing more is taken. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
