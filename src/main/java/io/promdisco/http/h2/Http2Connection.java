package io.promdisco.http.h2;

import static io.promdisco.http.h2.Http2Exception.PROTOCOL_ERROR;
import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection over which many GET requests go at once (RFC 9113). Its thread connects, reads, and
 * hands on to the readers of the streams once it has taken in all that has arrived: where much
 * comes they are woken seldom. Safe for all threads.
 */
public final class Http2Connection implements AutoCloseable {
  /** A server that sends nothing for so long, while it should, is asked for a sign of life. */
  static final Duration QUIET = Duration.ofSeconds(30);

  /** How long it has to give it. */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  /** The longest time to connect, with all addresses, a proxy and TLS. */
  static final Duration LONGEST_CONNECTING = Duration.ofSeconds(30);

  /** What API servers take at once; until the server says how many. */
  private static final int USUAL_STREAMS = 100;

  private static final int BUFFER = 64 << 10;

  /**
   * After so many bytes a reader that has caught up lets the server get ahead. Else each of them
   * wakes the other for every object, which costs both more than the object does.
   */
  private static final int MUCH = 64 << 10;

  private static final long BREATH_NANOS = 1_000_000;
  private static final int FIRST_WINDOW = 65535; // of a connection
  private static final int CONNECTION_WINDOW = 1 << 30;
  private static final int CREDIT_AFTER = 1 << 20;
  private static final byte[] PING = "promdisc".getBytes(US_ASCII);

  private enum State {
    CONNECTING,
    OPEN,
    /** Open, and takes no more requests. */
    LEAVING,
    /** The server speaks another protocol. */
    OTHER,
    CLOSED
  }

  private final Line line;
  private final Ticker ticker;
  private final String name;
  private final ReentrantLock writing = new ReentrantLock();
  private final Object lock = new Object();

  @GuardedBy("lock")
  private State state = State.CONNECTING;

  @GuardedBy("lock")
  private boolean opened;

  @GuardedBy("lock")
  private @Nullable IOException failure;

  @GuardedBy("lock")
  private final Map<Integer, Http2Stream> streams = new HashMap<>();

  @GuardedBy("lock")
  private int nextStream = 1;

  @GuardedBy("lock")
  private int reserved;

  @GuardedBy("lock")
  private int mostStreams = USUAL_STREAMS;

  @GuardedBy("lock")
  private Ticker.@Nullable Alarm alarm;

  @GuardedBy("lock")
  private boolean pinged;

  private volatile long heard;

  private Http2Connection(Line line, String name, Ticker ticker) {
    this.line = line;
    this.ticker = ticker;
    this.name = name;
    heard = ticker.nanos();
  }

  /** Begins to connect; {@code name} is that of the thread. */
  public static Http2Connection start(Line line, String name, Ticker ticker) {
    Http2Connection connection = new Http2Connection(line, name, ticker);
    synchronized (connection.lock) {
      connection.alarm = ticker.schedule(LONGEST_CONNECTING, connection::giveUpConnecting);
    }
    NamedThreads.start(name, connection::run);
    return connection;
  }

  /**
   * Takes a place for a request, to be given back by {@link #release} when it has ended.
   *
   * @return false if there is none, as so many are under way, or it takes no more
   */
  public boolean reserve() {
    synchronized (lock) {
      boolean takes = (state == State.CONNECTING || state == State.OPEN) && nextStream > 0;
      if (takes && reserved < mostStreams) {
        reserved++;
        return true;
      }
      return false;
    }
  }

  /** A request has ended. */
  public void release() {
    boolean unused;
    synchronized (lock) {
      reserved--;
      unused = state == State.LEAVING && reserved == 0;
    }
    if (unused) {
      line.close();
    }
  }

  /** Whether it is of no use any more. */
  public boolean isClosed() {
    synchronized (lock) {
      return state == State.OTHER || state == State.CLOSED;
    }
  }

  /**
   * Waits until it is connected.
   *
   * @param patience how long to wait; the others who wait go on then
   * @param late thrown after that
   * @return whether the server speaks HTTP/2
   * @throws IOException if it cannot be reached
   */
  public boolean awaitOpen(Duration patience, IOException late)
      throws IOException, InterruptedException {
    long end = ticker.nanos() + patience.toNanos();
    Ticker.Alarm wake = ticker.schedule(patience, this::wakeAll);
    synchronized (lock) {
      try {
        while (state == State.CONNECTING) {
          if (ticker.nanos() - end >= 0) {
            throw late;
          }
          lock.wait();
        }
      } finally {
        wake.cancel();
      }
      if (!opened && state == State.CLOSED && failure != null) {
        throw failure;
      }
      return state != State.OTHER;
    }
  }

  private void wakeAll() {
    synchronized (lock) {
      lock.notifyAll();
    }
  }

  private void giveUpConnecting() {
    IOException late = new HttpConnectTimeoutException("no answer");
    synchronized (lock) {
      if (state != State.CONNECTING) {
        return;
      }
      state = State.CLOSED;
      failure = late;
    }
    end(late);
  }

  /**
   * Sends a request.
   *
   * @param fields its header fields, the pseudo-header fields first
   * @param longestPause time without a byte of the body after which it is given up
   * @throws IOException if it takes no more requests
   */
  public Http2Stream request(List<Field> fields, Duration longestPause) throws IOException {
    writing.lock();
    try {
      Http2Stream stream;
      synchronized (lock) {
        if (state != State.OPEN) {
          throw Http2Exception.closedUnanswered(failure);
        }
        stream = new Http2Stream(this, nextStream, ticker, longestPause);
        streams.put(nextStream, stream);
        nextStream += 2;
      }
      try {
        write(new Frames().headers(stream.id(), fields));
      } catch (IOException e) {
        takeNoMore(stream.id());
        throw Http2Exception.closedUnanswered(e);
      }
      return stream;
    } finally {
      writing.unlock();
    }
  }

  /** Nothing can be written any more; why the server hung up the thread that reads finds out. */
  private void takeNoMore(int unsent) {
    synchronized (lock) {
      streams.remove(unsent);
      if (state == State.OPEN) {
        state = State.LEAVING;
      }
    }
  }

  /** The reader of a stream has taken so many bytes. */
  void credit(int stream, int bytes) {
    send(new Frames().windowUpdate(stream, bytes));
  }

  /** Nobody wants the rest of an answer. */
  void cancel(Http2Stream stream) {
    boolean open;
    synchronized (lock) {
      open = streams.remove(stream.id()) != null && (state == State.OPEN || state == State.LEAVING);
    }
    if (open) {
      send(new Frames().reset(stream.id(), Http2Exception.CANCEL));
    }
  }

  /** Where it fails the thread that reads finds out, and says so to all streams. */
  private void send(Frames frames) {
    writing.lock();
    try {
      write(frames);
    } catch (IOException e) {
      end(e);
    } finally {
      writing.unlock();
    }
  }

  @GuardedBy("writing")
  private void write(Frames frames) throws IOException {
    line.output().write(frames.bytes());
    line.output().flush();
  }

  private void run() {
    IOException problem;
    try {
      if (line.connect().equals("h2")) {
        begin();
        problem = read();
      } else {
        become(State.OTHER);
        problem = new IOException("the server does not speak HTTP/2");
      }
    } catch (IOException e) {
      problem = e;
      if (e instanceof Http2Exception broken) {
        sayWhy(broken);
      }
    } catch (RuntimeException | Error e) { // A bug of ours: the streams must end all the same.
      problem = new IOException(e.toString(), e);
    }
    end(problem);
  }

  private void sayWhy(Http2Exception broken) {
    writing.lock();
    try {
      write(new Frames().goAway(broken.code()));
    } catch (IOException e) {
      broken.addSuppressed(e);
    } finally {
      writing.unlock();
    }
  }

  private void begin() throws IOException {
    Frames first =
        new Frames()
            .preface()
            .settings(
                Frames.ENABLE_PUSH, 0,
                Frames.INITIAL_WINDOW_SIZE, Http2Stream.WINDOW,
                Frames.MAX_FRAME_SIZE, FrameReader.LONGEST)
            .windowUpdate(0, CONNECTION_WINDOW - FIRST_WINDOW);
    writing.lock();
    try {
      write(first);
    } catch (IOException e) {
      throw lastWords(e);
    } finally {
      writing.unlock();
    }
    heard = ticker.nanos();
    become(State.OPEN);
  }

  /** What the server said before it hung up tells more than that it cannot be written to. */
  private IOException lastWords(IOException unwritten) {
    try {
      InputStream in = line.input();
      while (in.read() >= 0) {
        // Not HTTP/2, as it has not been greeted.
      }
      return unwritten;
    } catch (IOException e) {
      return e instanceof SocketException ? unwritten : e;
    }
  }

  private void become(State next) {
    synchronized (lock) {
      if (state != State.CONNECTING) {
        return; // Closed meanwhile.
      }
      state = next;
      lock.notifyAll();
      if (next == State.OPEN) {
        opened = true;
        if (alarm != null) {
          alarm.cancel();
        }
        schedule(QUIET);
      }
    }
  }

  /** Reads to the end; returns why it is the end for streams that are under way. */
  private IOException read() throws IOException {
    Reading reading = new Reading();
    byte[] buffer = new byte[BUFFER];
    int sinceBreath = 0;
    InputStream in = line.input();
    try {
      for (int count; (count = in.read(buffer)) >= 0; ) {
        heard = ticker.nanos();
        reading.frames.feed(buffer, 0, count);
        sinceBreath += count;
        if (!line.hasMore()) {
          reading.deliver();
          if (sinceBreath >= MUCH && line.isDrained()) {
            sinceBreath = 0;
            LockSupport.parkNanos(BREATH_NANOS);
          }
        }
      }
    } finally {
      reading.deliver();
    }
    return new IOException("closed");
  }

  /** The connection is of no use any more: all streams end. Of several ends the first counts. */
  private void end(IOException problem) {
    List<Http2Stream> open;
    Ticker.Alarm running;
    synchronized (lock) {
      if (state != State.OTHER) {
        state = State.CLOSED;
      }
      if (failure == null) {
        failure = problem;
      }
      open = new ArrayList<>(streams.values());
      streams.clear();
      running = alarm;
      alarm = null;
      lock.notifyAll();
    }
    if (running != null) {
      running.cancel();
    }
    line.close();
    for (Http2Stream stream : open) {
      stream.end(problem);
    }
  }

  /** Asks a server that says nothing for a sign of life, and gives up one that gives none. */
  private void checkQuiet() {
    Duration quiet = Duration.ofNanos(ticker.nanos() - heard);
    boolean ask = false;
    boolean givesUp = false;
    synchronized (lock) {
      if (state != State.OPEN && state != State.LEAVING) {
        return;
      }
      if (streams.isEmpty() || quiet.compareTo(QUIET) < 0) {
        pinged = false;
        schedule(streams.isEmpty() ? QUIET : QUIET.minus(quiet));
      } else if (!pinged) {
        pinged = true;
        ask = true;
        schedule(PATIENCE);
      } else {
        givesUp = true;
      }
    }
    if (ask) {
      ping();
    }
    if (givesUp) {
      end(new IOException("no sign of life for " + quiet.toSeconds() + " s"));
    }
  }

  @GuardedBy("lock")
  private void schedule(Duration delay) {
    alarm = ticker.schedule(delay, this::checkQuiet);
  }

  /** On the ticker's thread, so where somebody is writing it is left out. */
  private void ping() {
    if (writing.tryLock()) {
      try {
        write(new Frames().ping(0, PING));
      } catch (IOException e) {
        end(e);
      } finally {
        writing.unlock();
      }
    }
  }

  /** Ends all streams and the connection. */
  @Override
  public void close() {
    end(new IOException("closed"));
  }

  @Override
  public String toString() {
    return "Http2Connection[" + name + "]";
  }

  /** What the connection's thread makes of the frames. */
  private final class Reading implements FrameReader.Sink {
    /** The longest header block, compressed. */
    private static final int LONGEST_BLOCK = 128 << 10;

    final FrameReader frames = new FrameReader(this);
    private final HeaderDecoder headers = new HeaderDecoder();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private final List<Http2Stream> undelivered = new ArrayList<>();
    private int blockStream; // whose header block is under way; 0: none
    private boolean blockEnds; // whether its stream ends with it
    private int uncredited;
    private @Nullable Http2Stream recent;

    private @Nullable Http2Stream stream(int id) {
      Http2Stream last = recent;
      if (last != null && last.id() == id) {
        return last;
      }
      synchronized (lock) {
        recent = streams.get(id);
        return recent;
      }
    }

    private @Nullable Http2Stream remove(int id) {
      recent = null;
      synchronized (lock) {
        return streams.remove(id);
      }
    }

    @Override
    public void data(int id, byte[] bytes, int from, int length) throws Http2Exception {
      uncredited += length;
      Http2Stream stream = stream(id);
      if (stream != null) {
        stream.append(bytes, from, length);
        if (!stream.undelivered) {
          stream.undelivered = true;
          undelivered.add(stream);
        }
      }
    }

    @Override
    public void dataEnded(int id, int padding, boolean endStream) throws Http2Exception {
      checkNoBlock();
      uncredited += padding;
      Http2Stream stream = endStream ? remove(id) : stream(id);
      if (stream != null) {
        stream.skip(padding);
        if (endStream) {
          stream.end(null);
        }
      }
    }

    /** All that had arrived has been taken in. */
    void deliver() {
      for (int i = 0; i < undelivered.size(); i++) {
        Http2Stream stream = undelivered.get(i);
        stream.undelivered = false;
        stream.deliver();
      }
      undelivered.clear();
      if (uncredited >= CREDIT_AFTER) {
        send(new Frames().windowUpdate(0, uncredited));
        uncredited = 0;
      }
    }

    @Override
    public void frame(int type, int flags, int id, byte[] content, int length)
        throws Http2Exception {
      if (type == Frames.CONTINUATION) {
        if (blockStream == 0 || id != blockStream) {
          throw Http2Exception.broken(PROTOCOL_ERROR, "CONTINUATION of nothing");
        }
        block(content, 0, length, flags);
        return;
      }
      checkNoBlock();
      switch (type) {
        case Frames.HEADERS -> headers(flags, id, content, length);
        case Frames.RST_STREAM -> {
          expect(length == 4, "RST_STREAM");
          Http2Stream stream = remove(id);
          if (stream != null) {
            stream.end(Http2Exception.reset(FrameReader.number(content, 0)));
          }
        }
        case Frames.SETTINGS -> settings(flags, content, length);
        case Frames.PING -> {
          expect(length == 8, "PING");
          if ((flags & Frames.ACK) == 0) {
            send(new Frames().ping(Frames.ACK, content));
          }
        }
        case Frames.GOAWAY -> {
          expect(length >= 8, "GOAWAY");
          goAway(FrameReader.number(content, 0) & 0x7fffffff, FrameReader.number(content, 4));
        }
        case Frames.PUSH_PROMISE ->
            throw Http2Exception.broken(PROTOCOL_ERROR, "PUSH_PROMISE, which was declined");
        default -> {} // WINDOW_UPDATE is for bodies of requests; what is unknown has no meaning.
      }
    }

    private void checkNoBlock() throws Http2Exception {
      if (blockStream != 0) {
        throw Http2Exception.broken(PROTOCOL_ERROR, "a frame amidst header fields");
      }
    }

    private static void expect(boolean right, String what) throws Http2Exception {
      if (!right) {
        throw Http2Exception.broken(Http2Exception.FRAME_SIZE_ERROR, what + " of a wrong length");
      }
    }

    private void headers(int flags, int id, byte[] content, int length) throws Http2Exception {
      int from = 0;
      int to = length;
      if ((flags & Frames.PADDED) != 0) {
        expect(length > 0, "HEADERS");
        from = 1;
        to -= content[0] & 0xff;
      }
      if ((flags & Frames.WITH_PRIORITY) != 0) {
        from += 5;
      }
      expect(from <= to && id != 0, "HEADERS");
      blockStream = id;
      blockEnds = (flags & Frames.END_STREAM) != 0;
      block(content, from, to - from, flags);
    }

    private void block(byte[] content, int from, int length, int flags) throws Http2Exception {
      if (block.size() + length > LONGEST_BLOCK) {
        throw Http2Exception.broken(PROTOCOL_ERROR, "header fields that do not end");
      }
      block.write(content, from, length);
      if ((flags & Frames.END_HEADERS) == 0) {
        return;
      }
      List<Field> fields = headers.decode(block.toByteArray(), block.size());
      block.reset();
      int id = blockStream;
      blockStream = 0;
      Http2Stream stream = blockEnds ? remove(id) : stream(id);
      if (stream != null) {
        if (blockEnds || !isInterim(fields)) {
          stream.answer(fields);
        }
        if (blockEnds) {
          stream.end(null);
        }
      }
    }

    private static boolean isInterim(List<Field> fields) {
      for (Field field : fields) {
        if (field.name().equals(":status")) {
          return field.value().startsWith("1");
        }
      }
      return false;
    }

    private void settings(int flags, byte[] content, int length) throws Http2Exception {
      expect(length % 6 == 0, "SETTINGS");
      if ((flags & Frames.ACK) != 0) {
        return;
      }
      for (int at = 0; at < length; at += 6) {
        int name = (content[at] & 0xff) << 8 | (content[at + 1] & 0xff);
        int value = FrameReader.number(content, at + 2);
        if (name == Frames.MAX_CONCURRENT_STREAMS) {
          synchronized (lock) {
            mostStreams = value < 0 ? Integer.MAX_VALUE : value; // it has no sign
          }
        }
      }
      send(new Frames().settingsAck());
    }

    private void goAway(int last, int code) {
      List<Http2Stream> unprocessed = new ArrayList<>();
      boolean unused;
      synchronized (lock) {
        if (state == State.OPEN) {
          state = State.LEAVING;
        }
        for (Http2Stream stream : streams.values()) {
          if (stream.id() > last) {
            unprocessed.add(stream);
          }
        }
        unprocessed.forEach(stream -> streams.remove(stream.id()));
        unused = reserved == 0;
      }
      recent = null;
      for (Http2Stream stream : unprocessed) {
        stream.end(Http2Exception.goneAway(code, true));
      }
      if (unused) {
        line.close();
      }
    }
  }
}
