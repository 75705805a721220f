package io.promdisco.server;

import io.promdisco.util.EscapingLogger;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** An open connection: its state, and since when. Safe for all threads. */
final class ClientConnection {
  /** The attribute of a request that holds its connection. */
  static final String ATTRIBUTE = ClientConnection.class.getName();

  private static final Logger log = EscapingLogger.of(ClientConnection.class);
  private static final long NEVER = Long.MIN_VALUE;

  private final @Nullable SelectableChannel channel;
  private final ClientAddress client;
  private volatile @Nullable EndPoint endPoint;
  private volatile boolean busy;

  /** When it opened, or its last answer ended. */
  private volatile long idleSince;

  /** Since when an answer that ends is being made and sent. */
  private volatile long answerSince = NEVER;

  /** Since when a part of an answer waits for the client to read. */
  private volatile long blockedSince = NEVER;

  /** The settings that the client's certificate was last verified against. */
  private volatile WebSettings.@Nullable State checked;

  /**
   * An idle connection.
   *
   * @param channel null if it is closed already
   */
  ClientConnection(@Nullable SelectableChannel channel, ClientAddress client, long now) {
    this.channel = channel;
    this.client = client;
    this.idleSince = now;
  }

  @Nullable SelectableChannel channel() {
    return channel;
  }

  ClientAddress client() {
    return client;
  }

  void opened(EndPoint opened) {
    endPoint = opened;
  }

  void begin(long now) {
    answerSince = now;
    busy = true;
  }

  /** Notes that its answer is a stream without end. */
  void answersWithoutEnd() {
    answerSince = NEVER;
  }

  /**
   * How long its answer has been made and sent, in nanoseconds; 0 if there is none or it is a
   * stream.
   */
  long answeringFor(long now) {
    long since = answerSince;
    return since == NEVER ? 0 : Math.max(0, now - since);
  }

  void end(long now) {
    idleSince = now;
    blockedSince = NEVER;
    answerSince = NEVER;
    busy = false;
  }

  void writes(long now) {
    blockedSince = now;
  }

  void written() {
    blockedSince = NEVER;
  }

  /** How long it has sent no complete request, in nanoseconds; 0 while one is answered. */
  long idleFor(long now) {
    return busy ? 0 : Math.max(1, now - idleSince);
  }

  /** How long its client has not read a part, in nanoseconds; 0 if nothing waits. */
  long blockedFor(long now) {
    long since = blockedSince;
    return since == NEVER ? 0 : Math.max(0, now - since);
  }

  WebSettings.@Nullable State checked() {
    return checked;
  }

  void checked(WebSettings.State state) {
    checked = state;
  }

  /** Closes it at once. */
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
