package io.promdisco.http.h2;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.testing.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A way to a server that a test plays: it sends bytes and reads frames. */
final class FakeLine implements Line {
  private static final int PREFACE = 24;
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** What the client has sent. */
  @SuppressWarnings("ArrayRecordComponent") // It is not compared.
  record Frame(int type, int flags, int stream, byte[] content) {
    boolean has(int flag) {
      return (flags & flag) != 0;
    }

    int number(int at) {
      return FrameReader.number(content, at);
    }
  }

  private final Pipe toClient = new Pipe();
  private final Pipe toServer = new Pipe();
  private final Queue<Frame> frames = new ArrayDeque<>();
  private final FrameReader reader = new FrameReader(new Collector());
  private byte[] preface = new byte[0];
  private volatile boolean neverDrained;

  private final Object connecting = new Object();

  @GuardedBy("connecting")
  private String protocol = "h2";

  @GuardedBy("connecting")
  private @Nullable IOException refusal;

  @GuardedBy("connecting")
  private boolean held;

  @GuardedBy("connecting")
  private boolean closed;

  // What the test says, the first three before it is used:

  FakeLine speaking(String what) {
    synchronized (connecting) {
      protocol = what;
    }
    return this;
  }

  FakeLine refusing(IOException problem) {
    synchronized (connecting) {
      refusal = problem;
    }
    return this;
  }

  /** Connects only when it is let. */
  FakeLine held() {
    synchronized (connecting) {
      held = true;
    }
    return this;
  }

  /** From now on there is always a little more on the way. */
  void neverDrained() {
    neverDrained = true;
  }

  /** The client gets no more than so many bytes at once. */
  void inPieces(int most) {
    toClient.piece(most);
  }

  void letConnect() {
    synchronized (connecting) {
      held = false;
      connecting.notifyAll();
    }
  }

  void send(byte[]... parts) {
    toClient.put(Blocks.join(parts));
  }

  void send(Frames frames) {
    toClient.put(frames.bytes());
  }

  /** The server closes the connection. */
  void endOfStream() {
    toClient.end();
  }

  /** From now on the server reads nothing, and there is room for {@code bytes} more. */
  void stopReading(int bytes) {
    toServer.limit(bytes);
  }

  void awaitClosed() throws InterruptedException {
    synchronized (connecting) {
      long end = System.nanoTime() + LIMIT.toNanos();
      while (!closed) {
        if (System.nanoTime() - end > 0) {
          throw new AssertionError("still open");
        }
        connecting.wait(10);
      }
    }
  }

  boolean isClosed() {
    synchronized (connecting) {
      return closed;
    }
  }

  /** The client's thread has read all that was sent, and waits for more. */
  void awaitTaken() {
    Eventually.eventually(() -> assertThat(toClient.isWaitedFor()).isTrue());
  }

  /** The next frame of the client's, which is to be of this type. */
  Frame expect(int type) throws IOException {
    Frame frame = next();
    if (frame.type() != type) {
      throw new AssertionError("type " + frame.type() + " (expected: " + type + ")");
    }
    return frame;
  }

  /** The next frame of the client's. */
  Frame next() throws IOException {
    while (frames.isEmpty()) {
      byte[] bytes = toServer.takeAll(LIMIT);
      if (bytes.length == 0) {
        throw new AssertionError("the client has ended");
      }
      feed(bytes);
    }
    return frames.remove();
  }

  /** All that the client has sent until it answers a PING. */
  List<Frame> untilNow() throws IOException {
    send(new Frames().ping(0, "untilnow".getBytes(US_ASCII)));
    List<Frame> seen = new ArrayList<>();
    for (Frame frame = next(); frame.type() != Frames.PING || !frame.has(Frames.ACK); ) {
      seen.add(frame);
      frame = next();
    }
    return seen;
  }

  private void feed(byte[] bytes) throws IOException {
    int part = Math.min(bytes.length, PREFACE - preface.length);
    preface = Blocks.join(preface, Arrays.copyOf(bytes, part));
    reader.feed(bytes, part, bytes.length - part);
  }

  byte[] preface() {
    return preface;
  }

  private final class Collector implements FrameReader.Sink {
    @Override
    public void data(int stream, byte[] bytes, int from, int length) {
      throw new AssertionError("a body of a request");
    }

    @Override
    public void dataEnded(int stream, int padding, boolean endStream) {
      throw new AssertionError("a body of a request");
    }

    @Override
    public void frame(int type, int flags, int stream, byte[] content, int length) {
      frames.add(new Frame(type, flags, stream, Arrays.copyOf(content, length)));
    }
  }

  // What the client sees:

  @Override
  public String connect() throws IOException {
    synchronized (connecting) {
      while (held && !closed) {
        try {
          connecting.wait();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      if (closed) {
        throw new IOException("closed while connecting");
      }
      if (refusal != null) {
        throw refusal;
      }
      return protocol;
    }
  }

  @Override
  public InputStream input() {
    return toClient.in;
  }

  @Override
  public OutputStream output() {
    return toServer.out;
  }

  @Override
  public boolean hasMore() {
    return neverDrained || toClient.size() > 0;
  }

  @Override
  public boolean isDrained() {
    return !neverDrained;
  }

  @Override
  public void close() {
    synchronized (connecting) {
      closed = true;
      connecting.notifyAll();
    }
    toClient.close();
    toServer.close();
  }

  /** Bytes on the way. */
  private static final class Pipe {
    private byte[] bytes = new byte[0]; // guarded by this, like what follows
    private int limit = Integer.MAX_VALUE;
    private int piece = Integer.MAX_VALUE;
    private boolean ended;
    private boolean closed;
    private boolean waitedFor;

    final InputStream in =
        new InputStream() {
          @Override
          public int read() {
            throw new AssertionError("read byte by byte");
          }

          @Override
          public int read(byte[] target, int from, int length) throws IOException {
            return take(target, from, length);
          }
        };

    final OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError("written byte by byte");
          }

          @Override
          public void write(byte[] source, int from, int length) throws IOException {
            putIfRoom(Arrays.copyOfRange(source, from, from + length));
          }
        };

    synchronized void limit(int most) {
      limit = most;
    }

    synchronized void piece(int most) {
      piece = most;
    }

    synchronized void end() {
      ended = true;
      notifyAll();
    }

    synchronized void close() {
      closed = true;
      notifyAll();
    }

    synchronized boolean isWaitedFor() {
      return waitedFor && bytes.length == 0;
    }

    synchronized int size() {
      return bytes.length;
    }

    synchronized void put(byte[] more) {
      bytes = Blocks.join(bytes, more);
      notifyAll();
    }

    private synchronized void putIfRoom(byte[] more) throws IOException {
      while (!closed && bytes.length + more.length > limit) {
        pause(0);
      }
      if (closed) {
        throw new IOException("Socket closed");
      }
      put(more);
    }

    private synchronized int take(byte[] target, int from, int length) throws IOException {
      while (!closed && !ended && bytes.length == 0) {
        waitedFor = true;
        pause(0);
      }
      waitedFor = false;
      if (closed) {
        throw new IOException("Socket closed");
      }
      if (bytes.length == 0) {
        return -1;
      }
      int part = Math.min(Math.min(length, piece), bytes.length);
      System.arraycopy(bytes, 0, target, from, part);
      bytes = Arrays.copyOfRange(bytes, part, bytes.length);
      return part;
    }

    /** Nothing if it was closed and is empty. */
    synchronized byte[] takeAll(Duration patience) throws IOException {
      long end = System.nanoTime() + patience.toNanos();
      while (bytes.length == 0 && !closed) {
        if (System.nanoTime() - end > 0) {
          throw new AssertionError("the client sends nothing");
        }
        pause(10);
      }
      byte[] all = bytes;
      bytes = new byte[0];
      notifyAll();
      return all;
    }

    @SuppressWarnings("WaitNotInLoop") // The callers have the loop.
    private synchronized void pause(long millis) throws IOException {
      try {
        wait(millis);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }
}
