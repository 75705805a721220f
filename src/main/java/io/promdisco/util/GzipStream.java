package io.promdisco.util;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Unpacks gzip of one or several members. The JDK's stream reads an empty member by a call within
 * the call before, so that thousands of them would overflow the stack; this one refuses them. For
 * one thread.
 */
public final class GzipStream extends GZIPInputStream {
  /** Empty members in a row. */
  private static final int MOST_EMPTY = 100;

  private int calls; // that have not returned yet

  /**
   * Unpacks {@code packed}, which is closed with it.
   *
   * @throws IOException if it does not begin as gzip, or cannot be read
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
