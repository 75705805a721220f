package io.promdisco.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A client socket below TLS that reads all available data at once, up to 64 KiB, and pauses for 1
 * ms after 64 KiB if it reads faster than the server sends.
 *
 * <p>An API server sends two small TLS records for each object. A client that reads each when it
 * arrives is woken for each: the stream of 50,000 pods (450 MB) then costs it 0.99 s of CPU time
 * instead of 0.55 s, and costs the server more than the objects do (decision 0019). It is closed
 * when a thread that connects, reads or writes is interrupted. For one thread that reads.
 */
final class ReadAheadSocket extends Socket {
  private static final int SMALLEST = 8 << 10;
  private static final int LARGEST = 64 << 10;
  private static final int MUCH = 64 << 10;
  private static final long PAUSE_NANOS = 1_000_000;

  private @Nullable ReadAhead in;

  ReadAheadSocket() throws IOException {
    super(new ChannelSocket());
  }

  @Override
  public InputStream getInputStream() throws IOException {
    if (in == null) {
      in = new ReadAhead(super.getInputStream());
    }
    return in;
  }

  /** Works like {@code BufferedInputStream}, but pauses; its buffer grows while it is filled. */
  private static final class ReadAhead extends FilterInputStream {
    private byte[] buffer = new byte[SMALLEST];
    private int at;
    private int end;
    private int sincePause;

    ReadAhead(InputStream in) {
      super(in);
    }

    private boolean fill() throws IOException {
      boolean isFull = end == buffer.length;
      if (isFull && end < LARGEST) {
        buffer = new byte[2 * end];
      } else if (!isFull && sincePause >= MUCH) { // The server has sent no more than this.
        sincePause = 0;
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      at = 0;
      end = 0; // The buffer is empty if reading fails, for example after a timeout.
      end = Math.max(0, in.read(buffer));
      sincePause += end;
      return end > 0;
    }

    @Override
    public int read() throws IOException {
      return at < end || fill() ? buffer[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (at == end && !fill()) {
        return -1;
      }
      int part = Math.min(length, end - at);
      System.arraycopy(buffer, at, target, from, part);
      at += part;
      return part;
    }

    /** The JDK's TLS skips until nothing is {@link #available}, so this must make progress. */
    @Override
    public long skip(long count) throws IOException {
      if (count > 0 && at == end && !fill()) {
        return 0;
      }
      int part = (int) Math.min(Math.max(0, count), end - at);
      at += part;
      return part;
    }

    @Override
    public int available() throws IOException {
      return end - at + in.available();
    }
  }
}
