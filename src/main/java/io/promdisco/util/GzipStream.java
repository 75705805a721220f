package io.promdisco.util;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Uncompresses gzip with one or several members. The JDK's stream reads an empty member in a nested
 * call, so that thousands of them would overflow the stack; this one rejects them. For one thread.
 */
public final class GzipStream extends GZIPInputStream {
  /** The maximum number of consecutive empty members. */
  private static final int MOST_EMPTY = 100;

  private int calls; // the number of nested calls

  /**
   * Creates a stream over {@code packed}, which is closed with it.
   *
   * @throws IOException if it is not gzip, or cannot be read
   */
  public GzipStream(InputStream packed) throws IOException {
    super(packed, 1 << 13);
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (calls > MOST_EMPTY) {
      throw new ZipException("more than " + MOST_EMPTY + " empty members in a row");
    }
    calls++;
    try {
      return super.read(target, from, length);
    } finally {
      calls--;
    }
  }
}
