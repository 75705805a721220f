package io.promdisco.util;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/** A stream that fails at the first byte beyond a limit. For one thread. */
public final class LimitedStream extends FilterInputStream {
  private final Supplier<IOException> failure;
  private long left;

  /**
   * Creates a stream with a limit.
   *
   * @param limit the number of bytes that may be read or skipped
   * @param failure creates the error for a longer stream
   */
  public LimitedStream(InputStream in, long limit, Supplier<IOException> failure) {
    super(in);
    this.failure = failure;
    this.left = limit;
  }

  @Override
  public int read() throws IOException {
    int next = super.read();
    if (next >= 0) {
      count(1);
    }
    return next;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = super.read(target, offset, length);
    count(Math.max(0, read));
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = super.skip(count);
    count(skipped);
    return skipped;
  }

  private void count(long bytes) throws IOException {
    left -= bytes;
    if (left < 0) {
      throw failure.get();
    }
  }
}
