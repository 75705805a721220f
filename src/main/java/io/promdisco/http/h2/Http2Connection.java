package io.promdisco.http.h2;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection over which many GET requests go at once (RFC 9113). Its thread connects, reads, and
 * hands on to the readers of the streams once it has taken in all that has arrived: where much
 * comes they are woken seldom. Another one writes, so that a server that does not read holds nobody
 * up: neither the reading nor the ticker nor who closes. Safe for all threads.
 */
public final class Http2Connection implements AutoCloseable {
  /** A server that sends nothing for so long, while it should, is asked for a sign of life. */
  static final Duration QUIET = Duration.ofSeconds(30);

  /** How long it has to give it. */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  /** The longest time to connect, with all addresses, a proxy and TLS: 30 s. */
  public static final Duration LONGEST_CONNECTING = Duration.ofSeconds(30);

  /** Bytes that a server may send over the whole connection before they are counted: 1 GiB. */
  static final int WINDOW = 1 << 30;

  /** What API servers take at once; until the server says how many. */
  private static final int USUAL_STREAMS = 100;

  private static final int BUFFER = 64 << 10;

  /** So much is kept from the readers at most, where more comes all the time. */
  private static final int HELD_AT_MOST = 256 << 10;

  private static final int FIRST_WINDOW = 65535; // of a connection

  /** So many bytes may wait for a server that does not read. */
  static final int UNSENT_AT_MOST = 1 << 20;

  /** How long the reason of an end may take to be sent. */
  static final Duration FAREWELL = Duration.ofSeconds(1);

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
  private final Object lock = new Object();

  /** What is to be written. */
  @GuardedBy("lock")
  private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();

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

  /** Streams below have had their request written. */
  @GuardedBy("lock")
  private int writtenBelow = 1;

  /** The same, once what is being written has been. */
  @GuardedBy("lock")
  private int beingWrittenBelow = 1;

  @GuardedBy("lock")
  private int reserved = 1;

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

  /**
   * Begins to connect, with a place taken as by {@link #reserve}.
   *
   * @param name of the threads
   */
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
    boolean tooMuch;
    Http2Stream stream;
    synchronized (lock) {
      if (state != State.OPEN || nextStream < 0) {
        throw Http2Exception.closedUnanswered(failure);
      }
      stream = new Http2Stream(this, nextStream, ticker, longestPause);
      streams.put(nextStream, stream);
      tooMuch = !enqueue(new Frames().headers(nextStream, fields));
      nextStream += 2;
    }
    if (tooMuch) {
      endAsUnread();
    }
    return stream;
  }

  /** The reader of a stream has taken so many bytes. */
  void credit(int stream, int bytes) {
    send(new Frames().windowUpdate(stream, bytes));
  }

  /** Nobody wants the rest of an answer. */
  void cancel(Http2Stream stream) {
    boolean open;
    synchronized (lock) {
      open = streams.remove(stream.id()) != null;
    }
    if (open) {
      send(new Frames().reset(stream.id(), Http2Exception.CANCEL));
    }
  }

  /** The stream of that number, if it has not ended. */
  @Nullable Http2Stream stream(int id) {
    synchronized (lock) {
      return streams.get(id);
    }
  }

  /** The same; it ends now. */
  @Nullable Http2Stream remove(int id) {
    synchronized (lock) {
      return streams.remove(id);
    }
  }

  /** Whether there has been a request of that number. */
  boolean hasAsked(int id) {
    synchronized (lock) {
      return id % 2 == 1 && (nextStream < 0 || id < nextStream);
    }
  }

  /** The server takes so many requests at once. */
  void allow(int requests) {
    synchronized (lock) {
      mostStreams = requests;
    }
  }

  /** The server closes the connection when it has answered the requests up to {@code last}. */
  void leave(int last, int code) {
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
    for (Http2Stream stream : unprocessed) {
      stream.end(Http2Exception.goneAway(code, true));
    }
    if (unused) {
      line.close();
    }
  }

  /** Leaves frames to the thread that writes; never waits. Where it fails all streams are told. */
  void send(Frames frames) {
    boolean tooMuch;
    synchronized (lock) {
      tooMuch = isOpen() && !enqueue(frames);
    }
    if (tooMuch) {
      endAsUnread();
    }
  }

  @GuardedBy("lock")
  private boolean isOpen() {
    return state == State.OPEN || state == State.LEAVING;
  }

  @GuardedBy("lock")
  private boolean enqueue(Frames frames) {
    unsent.writeBytes(frames.bytes());
    lock.notifyAll();
    return unsent.size() <= UNSENT_AT_MOST;
  }

  private void endAsUnread() {
    end(new IOException("the server does not read what it is sent"));
  }

  /** Writes until the connection ends, and then what is still to be said. */
  private void write() {
    try {
      OutputStream out = line.output();
      for (byte[] next = nextToWrite(); next.length > 0; next = nextToWrite()) {
        out.write(next);
        out.flush();
        written();
      }
    } catch (IOException e) {
      takeNoMore(e);
      return;
    } catch (InterruptedException e) {
      end(new IOException("interrupted", e)); // Nobody does that.
    } catch (RuntimeException | Error e) { // A bug of ours: the streams must end all the same.
      end(new IOException(e.toString(), e));
    }
    line.close();
  }

  private void written() {
    synchronized (lock) {
      writtenBelow = beingWrittenBelow;
    }
  }

  /**
   * Nothing can be written any more: what was not may be tried over another connection. Why the
   * server hung up the thread that reads finds out.
   */
  private void takeNoMore(IOException problem) {
    List<Http2Stream> unwritten = new ArrayList<>();
    synchronized (lock) {
      if (!isOpen()) {
        return;
      }
      state = State.LEAVING;
      for (Http2Stream stream : streams.values()) {
        if (stream.id() >= writtenBelow) {
          unwritten.add(stream);
        }
      }
      unwritten.forEach(stream -> streams.remove(stream.id()));
    }
    unwritten.forEach(stream -> stream.end(Http2Exception.closedUnanswered(problem)));
    var unused = ticker.schedule(FAREWELL, () -> end(problem));
  }

  /** Waits for something; nothing once the connection has ended. */
  private byte[] nextToWrite() throws InterruptedException {
    synchronized (lock) {
      while (unsent.size() == 0 && isOpen()) {
        lock.wait();
      }
      byte[] next = unsent.toByteArray();
      beingWrittenBelow = nextStream;
      unsent.reset();
      return next;
    }
  }

  private void run() {
    IOException problem;
    Frames farewell = null;
    try {
      if (line.connect().equals("h2")) {
        begin();
        problem = read();
      } else {
        become(State.OTHER);
        problem = new IOException("the server does not speak HTTP/2");
      }
    } catch (Http2Exception e) {
      problem = e;
      farewell = new Frames().goAway(e.code());
    } catch (IOException e) {
      problem = e;
    } catch (RuntimeException | Error e) { // A bug of ours: the streams must end all the same.
      problem = new IOException(e.toString(), e);
    }
    end(problem, farewell);
  }

  private void begin() throws IOException {
    Frames first =
        new Frames()
            .preface()
            .settings(
                Frames.ENABLE_PUSH, 0,
                Frames.INITIAL_WINDOW_SIZE, Http2Stream.WINDOW,
                Frames.MAX_FRAME_SIZE, FrameReader.LONGEST)
            .windowUpdate(0, WINDOW - FIRST_WINDOW);
    try {
      OutputStream out = line.output();
      out.write(first.bytes());
      out.flush();
    } catch (IOException e) {
      throw lastWords(e);
    }
    heard = ticker.nanos();
    if (become(State.OPEN)) {
      NamedThreads.start(name + "-writer", this::write);
    }
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

  /** Goes on to {@code next}, unless it has been closed meanwhile. */
  private boolean become(State next) {
    synchronized (lock) {
      if (state != State.CONNECTING) {
        return false;
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
      return true;
    }
  }

  /** Reads to the end; returns why it is the end for streams that are under way. */
  private IOException read() throws IOException {
    Incoming incoming = new Incoming(this);
    byte[] buffer = new byte[BUFFER];
    Breath breath = new Breath(line);
    int held = 0;
    InputStream in = line.input();
    try {
      for (int count; (count = in.read(buffer)) >= 0; ) {
        heard = ticker.nanos();
        incoming.feed(buffer, count);
        breath.read(count);
        held += count;
        if (held >= HELD_AT_MOST || !line.hasMore()) {
          held = 0;
          incoming.deliver();
          breath.take();
        }
      }
    } finally {
      incoming.deliver();
    }
    return new IOException("closed");
  }

  /** The connection is of no use any more: all streams end. Of several ends the first counts. */
  private void end(IOException problem) {
    end(problem, null);
  }

  /** The same; if the connection is open, the server is told {@code farewell} before. */
  private void end(IOException problem, @Nullable Frames farewell) {
    List<Http2Stream> open;
    Ticker.Alarm running;
    boolean says;
    synchronized (lock) {
      says = farewell != null && isOpen();
      if (state != State.OTHER) {
        state = State.CLOSED;
      }
      if (failure == null) {
        failure = problem;
      }
      if (says && farewell != null) {
        unsent.writeBytes(farewell.bytes());
      } else {
        unsent.reset();
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
    if (says) {
      var unused = ticker.schedule(FAREWELL, line::close); // The writer does, if it is not stuck.
    } else {
      line.close();
    }
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
      if (!isOpen()) {
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
      send(new Frames().ping(0, PING));
    }
    if (givesUp) {
      end(new IOException("no sign of life for " + quiet.toSeconds() + " s"));
    }
  }

  @GuardedBy("lock")
  private void schedule(Duration delay) {
    alarm = ticker.schedule(delay, this::checkQuiet);
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
}
