package io.promdisco.http;

import io.promdisco.Internal;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body in pieces. {@link #take} returns a range of bytes in one array, without copying if
 * it is in a single chunk from the network. Blocks while no data is available; the thread may be
 * interrupted. For one thread.
 *
 * @hidden
 */
@Internal
public final class BodyReader {
  /**
   * Provides chunks.
   *
   * @hidden
   */
  public interface Source {
    /** Waits for the next chunk and returns it. It may be empty; null at the end. */
    @Nullable ByteBuffer next() throws IOException, InterruptedException;
  }

  /** The size up to which a buffer for joined chunks is reused. */
  private static final int KEPT = 1 << 20;

  private static final byte[] NOTHING = new byte[0];

  private final Source source;
  private byte[] chunk = NOTHING;
  private int at;
  private int end;
  private long before;
  private byte[] joined = NOTHING;
  private byte[] taken = NOTHING;

  /** Creates a reader of {@code source}. */
  public BodyReader(Source source) {
    this.source = source;
  }

  /** Returns the number of bytes read so far. */
  public long position() {
    return before + at;
  }

  /** Whether the body has ended. Waits until it has, or a byte is available. */
  public boolean atEnd() throws IOException, InterruptedException {
    while (at == end) {
      if (!fetch()) {
        return true;
      }
    }
    return false;
  }

  private boolean fetch() throws IOException, InterruptedException {
    ByteBuffer next = source.next();
    if (next == null) {
      return false;
    }
    before += at;
    if (next.hasArray()) {
      chunk = next.array();
      at = next.arrayOffset() + next.position();
      end = at + next.remaining();
    } else {
      chunk = new byte[next.remaining()];
      next.get(chunk);
      at = 0;
      end = chunk.length;
    }
    before -= at;
    return true;
  }

  /** Returns the next byte; {@code what} describes it in errors. */
  public byte read(String what) throws IOException, InterruptedException {
    if (atEnd()) {
      throw cut(what, 1);
    }
    return chunk[at++];
  }

  /** Reads a protobuf number. */
  public long varint(String what) throws IOException, InterruptedException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = read(what);
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IOException(
        what + ": not protobuf at byte " + position() + ": a number of more than ten bytes");
  }

  /**
   * Reads {@code count} bytes. Returns the index of the first one in {@link #array()}, where they
   * remain until the next call. Memory grows with the received bytes, not with {@code count}.
   */
  public int take(int count, String what) throws IOException, InterruptedException {
    if (count <= end - at) {
      taken = chunk;
      int from = at;
      at += count;
      return from;
    }
    byte[] target = joined;
    int have = 0;
    while (have < count) {
      if (atEnd()) {
        throw cut(what, count - have);
      }
      int part = Math.min(count - have, end - at);
      if (target.length < have + part) {
        long wanted = Math.max(have + part, 2L * target.length);
        target = Arrays.copyOf(target, (int) Math.min(wanted, count));
      }
      System.arraycopy(chunk, at, target, have, part);
      have += part;
      at += part;
    }
    joined = target.length <= KEPT ? target : NOTHING;
    taken = target;
    return 0;
  }

  /** Returns the array of the last {@link #take}. */
  public byte[] array() {
    return taken;
  }

  /** Skips {@code count} bytes. */
  public void skip(long count, String what) throws IOException, InterruptedException {
    long left = count;
    while (left > 0) {
      if (atEnd()) {
        throw cut(what, left);
      }
      int part = (int) Math.min(left, end - at);
      at += part;
      left -= part;
    }
  }

  private IOException cut(String what, long missing) {
    return new IOException(
        what + ": cut off at byte " + position() + " (expected " + missing + " more)");
  }

  /** Converts the exception that {@link #stream} throws for an interrupt. */
  public static InterruptedException interrupted(InterruptedIOException e) {
    Thread.interrupted();
    InterruptedException interrupt = new InterruptedException(e.getMessage());
    interrupt.initCause(e);
    return interrupt;
  }

  /**
   * Returns the rest of the body as a stream. An interrupt while waiting becomes an {@link
   * InterruptedIOException}.
   */
  public InputStream stream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        return ended() ? -1 : chunk[at++] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
          return 0;
        }
        if (ended()) {
          return -1;
        }
        int part = Math.min(length, end - at);
        System.arraycopy(chunk, at, target, offset, part);
        at += part;
        return part;
      }

      private boolean ended() throws IOException {
        try {
          return atEnd();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          InterruptedIOException wrapped = new InterruptedIOException("interrupted");
          wrapped.initCause(e);
          throw wrapped;
        }
      }
    };
  }
}
