package io.promdisco.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A socket that reads all there is at once, up to 64 KiB. TLS reads record by record, of which an
 * API server sends two for each object.
 */
final class ReadAhead extends Socket {
  private static final int SIZE = 64 << 10;

  private @Nullable Buffered in;

  /** One that does not ask the JVM's settings for a proxy: ours say which. */
  ReadAhead() {
    super(Proxy.NO_PROXY);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    if (in == null) {
      in = new Buffered(super.getInputStream());
    }
    return in;
  }

  /** One that ends when a thread that connects, reads or writes is interrupted. */
  ReadAhead(ChannelSocket inside) throws IOException {
    super(inside);
  }

  /** Whether there are bytes that have been read from the network and not been taken. */
  boolean hasMore() {
    return in != null && in.at < in.end;
  }

  /** Whether the network gave less than there was room for when it was read last. */
  boolean isDrained() {
    return in != null && in.end < SIZE;
  }

  /** Like {@code BufferedInputStream}, for one thread, and it can be asked what it holds. */
  private static final class Buffered extends FilterInputStream {
    private final byte[] buffer = new byte[SIZE];
    private int at;
    private int end;

    Buffered(InputStream in) {
      super(in);
    }

    private boolean fill() throws IOException {
      at = 0;
      end = Math.max(0, in.read(buffer, 0, SIZE));
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

    /** The JDK's TLS skips until nothing is {@link #available}, so it must get on. */
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
