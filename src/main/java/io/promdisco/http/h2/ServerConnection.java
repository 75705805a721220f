package io.promdisco.http.h2;

import static io.promdisco.http.h2.Http2Exception.PROTOCOL_ERROR;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of a connection (RFC 9113), as the simulated API server needs it: requests with
 * bodies of at most {@value #LARGEST_BODY} bytes, no limits against clients that mean harm. One
 * thread reads; any may write.
 */
public final class ServerConnection {
  private static final int LARGEST_BODY = 16 << 20;
  private static final int MOST_STREAMS = 250;
  private static final int FIRST_WINDOW = 65535;

  /** What answers requests. */
  public interface Handler {
    /**
     * A request is complete. Called by the thread that reads, which must not be held up.
     *
     * @param body may be empty
     */
    void request(ServerStream stream, List<Field> head, byte[] body);

    /** The client wants no more of the answer, or is gone; called once at most for a stream. */
    void cancelled(ServerStream stream);
  }

  private final Handler handler;
  private final OutputStream out;
  private final Incoming incoming = new Incoming();
  private final Lock lock = new ReentrantLock();
  private final SendWindow window = new SendWindow(FIRST_WINDOW);

  @GuardedBy("lock")
  private final Map<Integer, ServerStream> streams = new HashMap<>();

  @GuardedBy("lock")
  private long streamWindow = FIRST_WINDOW;

  /** Answers by {@code out}, which is flushed after each frame. */
  public ServerConnection(OutputStream out, Handler handler) {
    this.out = out;
    this.handler = handler;
  }

  /**
   * Reads until the client closes the connection.
   *
   * @throws IOException if it breaks, or is not HTTP/2
   */
  public void run(InputStream in) throws IOException {
    try {
      byte[] preface = in.readNBytes(Frames.PREFACE.length());
      if (!new String(preface, ISO_8859_1).equals(Frames.PREFACE)) {
        throw Http2Exception.broken(PROTOCOL_ERROR, "no preface");
      }
      send(new Frames().settings(Frames.MAX_CONCURRENT_STREAMS, MOST_STREAMS));
      FrameReader frames = new FrameReader(incoming);
      byte[] buffer = new byte[Frames.SENT_AT_MOST];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        frames.feed(buffer, 0, read);
      }
    } finally {
      end();
    }
  }

  private void end() {
    List<ServerStream> open;
    lock.lock();
    try {
      open = List.copyOf(streams.values());
      streams.clear();
    } finally {
      lock.unlock();
    }
    window.close();
    open.forEach(this::cancel);
  }

  private void cancel(ServerStream stream) {
    stream.cancel();
    handler.cancelled(stream);
  }

  /** Sends frames; one that cannot be sent is noticed by the thread that reads. */
  void send(Frames frames) {
    synchronized (out) {
      try {
        out.write(frames.bytes());
        out.flush();
      } catch (IOException e) {
        end();
      }
    }
  }

  /** Takes up to {@code wanted} bytes of what the client takes on all streams; waits for it. */
  int reserve(int wanted) throws IOException {
    return window.take(wanted);
  }

  void forget(int id) {
    lock.lock();
    try {
      streams.remove(id);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable ServerStream stream(int id) {
    lock.lock();
    try {
      return streams.get(id);
    } finally {
      lock.unlock();
    }
  }

  private void grow(int id, int more) {
    ServerStream stream = stream(id);
    if (stream != null) {
      stream.grow(more);
    } else if (id == 0) {
      window.grow(more);
    }
  }

  private void streamWindow(int bytes) {
    lock.lock();
    try {
      long more = bytes - streamWindow;
      streamWindow = bytes;
      streams.values().forEach(stream -> stream.grow(more));
    } finally {
      lock.unlock();
    }
  }

  private void request(int id, List<Field> head, byte[] body) {
    ServerStream stream;
    lock.lock();
    try {
      stream = new ServerStream(this, id, streamWindow);
      streams.put(id, stream);
    } finally {
      lock.unlock();
    }
    handler.request(stream, head, body);
  }

  /** What comes from the client. For the thread that reads. */
  private final class Incoming implements FrameReader.Sink {
    private final HeaderBlocks blocks = new HeaderBlocks(this::head);
    private final Map<Integer, List<Field>> heads = new HashMap<>();
    private final Map<Integer, ByteArrayOutputStream> bodies = new HashMap<>();

    @Override
    public void data(int id, byte[] bytes, int from, int length) throws Http2Exception {
      ByteArrayOutputStream body = bodies.get(id);
      if (body != null) {
        body.write(bytes, from, length);
        if (body.size() > LARGEST_BODY) {
          throw Http2Exception.broken(PROTOCOL_ERROR, "a body of more than 16 MiB");
        }
        credit(id, length);
      }
    }

    private void credit(int id, int bytes) {
      if (bytes > 0) {
        send(new Frames().windowUpdate(id, bytes).windowUpdate(0, bytes));
      }
    }

    @Override
    public void dataEnded(int id, int padding, boolean endStream) {
      credit(id, padding);
      List<Field> head = endStream ? heads.remove(id) : null;
      ByteArrayOutputStream body = endStream ? bodies.remove(id) : null;
      if (head != null && body != null) {
        request(id, head, body.toByteArray());
      }
    }

    @Override
    public void frame(int type, int flags, int id, byte[] content, int length)
        throws Http2Exception {
      switch (type) {
        case Frames.HEADERS -> blocks.begin(flags, id, content, length);
        case Frames.CONTINUATION -> blocks.goOn(flags, id, content, length);
        case Frames.RST_STREAM -> {
          ServerStream stream = stream(id);
          heads.remove(id);
          bodies.remove(id);
          if (stream != null) {
            forget(id);
            cancel(stream);
          }
        }
        case Frames.SETTINGS -> {
          if ((flags & Frames.ACK) == 0) {
            settings(content, length);
          }
        }
        case Frames.PING -> {
          if ((flags & Frames.ACK) == 0) {
            send(new Frames().ping(Frames.ACK, content));
          }
        }
        case Frames.WINDOW_UPDATE -> grow(id, FrameReader.number(content, 0) & 0x7fffffff);
        default -> {} // Nothing that changes what is answered.
      }
    }

    private void settings(byte[] content, int length) {
      for (int at = 0; at + 6 <= length; at += 6) {
        int name = (content[at] & 0xff) << 8 | (content[at + 1] & 0xff);
        if (name == Frames.INITIAL_WINDOW_SIZE) {
          streamWindow(FrameReader.number(content, at + 2));
        }
      }
      send(new Frames().settingsAck());
    }

    private void head(int id, List<Field> fields, boolean endStream) {
      if (endStream) {
        request(id, fields, new byte[0]);
      } else {
        heads.put(id, fields);
        bodies.put(id, new ByteArrayOutputStream());
      }
    }
  }
}
