package io.promdisco.server.access;

import io.promdisco.Internal;
import io.promdisco.util.EscapingLogger;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * An open connection and its state. Safe for all threads.
 *
 * @hidden
 */
@Internal
public final class ClientConnection {
  private static final String ATTRIBUTE = ClientConnection.class.getName();

  private static final Logger log = EscapingLogger.of(ClientConnection.class);
  private static final long NEVER = Long.MIN_VALUE;
  private static final int MOST_PIPELINED = 16;

  private final @Nullable SelectableChannel channel;
  private final ClientAddress client;
  private final LongSupplier nanos;
  private volatile @Nullable EndPoint endPoint;
  private volatile boolean busy;

  /** When it was opened, or its last answer ended. */
  private volatile long idleSince;

  /** When the current answer began, unless the answer is a stream. */
  private volatile long answerSince = NEVER;

  /** Since when a part of an answer waits for the client to read. */
  private final AtomicLong blockedSince = new AtomicLong(NEVER);

  private final BlockedListener listener;

  /** Bytes that had been received when the latest request began; for one request at a time. */
  private long received = -1;

  /** Requests in a row that had been received together with the one before. */
  private int pipelined;

  /** The settings that the client's certificate was last verified against. */
  private volatile WebSettings.@Nullable State checked;

  /** Whether the settings that admitted its request are still current. */
  private volatile BooleanSupplier allowed = () -> true;

  /**
   * Is told when a part of an answer begins to wait for its client (1), and when it is over (-1).
   */
  interface BlockedListener {
    void changed(int more);
  }

  /**
   * An idle connection.
   *
   * @param channel null if it is already closed
   */
  ClientConnection(@Nullable SelectableChannel channel, ClientAddress client, LongSupplier nanos) {
    this(channel, client, nanos, more -> {});
  }

  /** The same with a listener. */
  ClientConnection(
      @Nullable SelectableChannel channel,
      ClientAddress client,
      LongSupplier nanos,
      BlockedListener listener) {
    this.listener = listener;
    this.channel = channel;
    this.client = client;
    this.nanos = nanos;
    this.idleSince = nanos.getAsLong();
  }

  /** Returns the connection of a request; one without limits if the request was rejected unread. */
  public static ClientConnection of(Request request) {
    return request.getAttribute(ATTRIBUTE) instanceof ClientConnection known
        ? known
        : new ClientConnection(null, ClientAddress.UNKNOWN, System::nanoTime);
  }

  @Nullable SelectableChannel channel() {
    return channel;
  }

  /** Returns its client. */
  public ClientAddress client() {
    return client;
  }

  void opened(EndPoint opened) {
    endPoint = opened;
  }

  /**
   * Begins to answer a request.
   *
   * @param current whether the settings that admitted the request are still current
   */
  void begin(Request request, BooleanSupplier current) {
    request.setAttribute(ATTRIBUTE, this);
    allowed = current;
    begin();
  }

  void begin() {
    answerSince = nanos.getAsLong();
    busy = true;
  }

  /**
   * Whether so many requests in a row had been received before they could be answered that the
   * connection must close: they would keep a thread from others.
   *
   * @param bytes that have been received until the current request
   */
  boolean isPipelining(long bytes) {
    pipelined = bytes == received ? pipelined + 1 : 0;
    received = bytes;
    return pipelined >= MOST_PIPELINED;
  }

  /** Whether the settings that admitted its client are still current. */
  public boolean isAllowed() {
    return allowed.getAsBoolean();
  }

  /** Records that its answer is a stream without end. */
  public void answersWithoutEnd() {
    answerSince = NEVER;
  }

  /**
   * Returns how long the current answer has taken, in nanoseconds; 0 if there is none or it is a
   * stream.
   */
  long answeringFor(long now) {
    long since = answerSince;
    return since == NEVER ? 0 : Math.max(0, now - since);
  }

  void end() {
    idleSince = nanos.getAsLong();
    written();
    answerSince = NEVER;
    busy = false;
  }

  /** Records that a part of its answer waits for the client. */
  public void writes() {
    if (blockedSince.getAndSet(nanos.getAsLong()) == NEVER) {
      listener.changed(1);
    }
  }

  /** Records that the client has read the part. */
  public void written() {
    if (blockedSince.getAndSet(NEVER) != NEVER) {
      listener.changed(-1);
    }
  }

  /**
   * Returns for how long it has sent no complete request, in nanoseconds; 0 while a request is
   * answered.
   */
  long idleFor(long now) {
    return busy ? 0 : Math.max(1, now - idleSince);
  }

  /**
   * Returns for how long its client has not read a part, in nanoseconds; 0 if no part is waiting.
   */
  long blockedFor(long now) {
    long since = blockedSince.get();
    return since == NEVER ? 0 : Math.max(0, now - since);
  }

  WebSettings.@Nullable State checked() {
    return checked;
  }

  void checked(WebSettings.State state) {
    checked = state;
  }

  /** Closes it immediately. */
  void close(String why) {
    EndPoint open = endPoint;
    if (open != null) {
      open.close(new IOException(why));
      return;
    }
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      log.debug("could not close a connection", e);
    }
  }
}
