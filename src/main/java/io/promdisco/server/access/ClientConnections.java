package io.promdisco.server.access;

import com.google.common.primitives.Ints;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.RateLimitedLog;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * All open connections. Limits their number, for each client and in total. At the limit of a
 * client, a new connection replaces that client's least useful one; at the total limit, it replaces
 * the least useful one of the client with the most connections. Closes connections that send no
 * complete request, or whose client does not read the answer, in time. Safe for all threads.
 */
final class ClientConnections
    implements SelectorManager.AcceptListener, Connection.Listener, AutoCloseable {
  private static final Logger logger = EscapingLogger.of(ClientConnections.class);

  private static final Duration SWEEP = Duration.ofSeconds(1);

  /** A connection that has been in its state for less time is closed only if there is no other. */
  private static final long SLOW_NANOS = Duration.ofSeconds(1).toNanos();

  private static final int LEAST_BLOCKED = 128;

  /** The largest part of an answer that waits to be read. */
  private static final int BLOCKED_BYTES = 64 << 10;

  private final Ticker ticker;
  private final ServerLimits limits;
  private final Map<SelectableChannel, ClientConnection> open = new ConcurrentHashMap<>();

  @GuardedBy("clients")
  private final Map<ClientAddress, Set<ClientConnection>> clients = new HashMap<>();

  private final RateLimitedLog log;

  private final Ticker.Alarm alarm;

  private final int mostBlocked;
  private final AtomicInteger blocked = new AtomicInteger();

  ClientConnections(Ticker ticker, ServerLimits limits) {
    this(ticker, limits, mostBlocked());
  }

  /** At most {@code mostBlocked} answers wait for their readers. */
  ClientConnections(Ticker ticker, ServerLimits limits, int mostBlocked) {
    this.mostBlocked = mostBlocked;
    this.ticker = ticker;
    this.limits = limits;
    log = new RateLimitedLog(ticker::nanos, logger::warn);
    alarm = ticker.every(SWEEP, this::sweep);
  }

  /** Parts that wait to be read may take an eighth of the heap. */
  private static int mostBlocked() {
    return Ints.saturatedCast(
        Math.max(LEAST_BLOCKED, Runtime.getRuntime().maxMemory() / 8 / BLOCKED_BYTES));
  }

  private void blocked(int more) {
    if (blocked.addAndGet(more) > mostBlocked && more > 0) {
      long now = ticker.nanos();
      open.values().stream()
          .max(Comparator.comparingLong(each -> each.blockedFor(now)))
          .ifPresent(
              slowest -> {
                log.log(
                    mostBlocked + " answers wait for their readers: the slowest is disconnected");
                slowest.close("too many slow readers");
                forget(slowest);
              });
    }
  }

  /** The connection of {@code endPoint}; one that is not counted if it is already closed. */
  ClientConnection of(EndPoint endPoint) {
    ClientConnection known =
        endPoint.getTransport() instanceof SelectableChannel channel ? of(channel) : null;
    if (known != null) {
      return known;
    }
    ClientConnection gone =
        new ClientConnection(
            null, ClientAddress.of(endPoint.getRemoteSocketAddress()), ticker::nanos);
    gone.opened(endPoint);
    return gone;
  }

  /** The connection of a channel; null if it is not counted. */
  @Nullable ClientConnection of(SelectableChannel channel) {
    return open.get(channel);
  }

  @Override
  public void onAccepting(SelectableChannel channel) {
    ClientConnection opened =
        new ClientConnection(channel, client(channel), ticker::nanos, this::blocked);
    Set<ClientConnection> ofClient;
    synchronized (clients) {
      Set<ClientConnection> all =
          clients.computeIfAbsent(opened.client(), key -> new LinkedHashSet<>());
      all.add(opened);
      boolean isTooMany = all.size() > limits.connectionsPerClient();
      ofClient = isTooMany ? new LinkedHashSet<>(all) : Set.of();
    }
    open.put(channel, opened);
    if (!ofClient.isEmpty()) {
      makeRoom(opened, ofClient, "one client has " + limits.connectionsPerClient());
    } else if (open.size() > limits.connections()) {
      makeRoom(opened, ofLargestClients(), "there are " + limits.connections());
    }
  }

  /** Returns the connections of the clients with the most connections. */
  private Set<ClientConnection> ofLargestClients() {
    synchronized (clients) {
      int most = clients.values().stream().mapToInt(Set::size).max().orElse(0);
      Set<ClientConnection> found = new LinkedHashSet<>();
      clients.values().stream().filter(of -> of.size() == most).forEach(found::addAll);
      return found;
    }
  }

  private void makeRoom(
      ClientConnection opened, Collection<ClientConnection> from, String because) {
    ClientConnection least = leastUseful(opened, from, ticker.nanos());
    log.log(
        because
            + " connections: "
            + (least == opened
                ? "the new one is closed"
                : "an idle or slow one is closed for a new one")
            + " (--web.max-connections, --web.max-connections-per-client)");
    least.close("too many connections");
    forget(least);
  }

  /**
   * Returns the connection that has been idle longest, or else the slowest reader, or else the one
   * whose answer has taken longest. A state of less than a second counts only if there is nothing
   * else, because a request may be arriving. If all are in use, returns the new connection if it is
   * one of them, otherwise the newest.
   */
  static ClientConnection leastUseful(
      ClientConnection opened, Collection<ClientConnection> from, long now) {
    List<ToLongFunction<ClientConnection>> uses =
        List.of(
            each -> each.idleFor(now),
            each -> each.blockedFor(now),
            each -> each.answeringFor(now));
    for (ToLongFunction<ClientConnection> use : uses) {
      ClientConnection least = longest(opened, from, use, SLOW_NANOS);
      if (least != opened) {
        return least;
      }
    }
    ClientConnection least = longest(opened, from, each -> each.idleFor(now), 0);
    if (least == opened && !from.contains(opened)) {
      for (ClientConnection each : from) {
        least = each; // the newest is the last
      }
    }
    return least;
  }

  private static ClientConnection longest(
      ClientConnection opened,
      Collection<ClientConnection> from,
      ToLongFunction<ClientConnection> use,
      long moreThan) {
    ClientConnection found = opened;
    long longest = moreThan;
    for (ClientConnection each : from) {
      if (each != opened && use.applyAsLong(each) > longest) {
        longest = use.applyAsLong(each);
        found = each;
      }
    }
    return found;
  }

  private static ClientAddress client(SelectableChannel channel) {
    try {
      return channel instanceof SocketChannel socket
          ? ClientAddress.of(socket.getRemoteAddress())
          : ClientAddress.UNKNOWN;
    } catch (IOException e) {
      logger.debug("a connection was closed already", e);
      return ClientAddress.UNKNOWN;
    }
  }

  @Override
  public void onOpened(Connection connection) {
    EndPoint endPoint = connection.getEndPoint();
    if (!(endPoint instanceof SslConnection.SslEndPoint)
        && endPoint.getTransport() instanceof SelectableChannel channel) {
      ClientConnection known = open.get(channel);
      if (known == null) {
        endPoint.close(); // closed while it was opening, to make room
      } else {
        known.opened(endPoint);
      }
    }
  }

  @Override
  public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
    onClosed(channel);
  }

  @Override
  public void onClosed(SelectableChannel channel) {
    ClientConnection known = open.get(channel);
    if (known != null) {
      forget(known);
    }
  }

  private void forget(ClientConnection gone) {
    SelectableChannel channel = gone.channel();
    if (channel != null) {
      open.remove(channel);
    }
    gone.written();
    synchronized (clients) {
      Set<ClientConnection> ofClient = clients.get(gone.client());
      if (ofClient != null && ofClient.remove(gone) && ofClient.isEmpty()) {
        clients.remove(gone.client());
      }
    }
  }

  private void sweep() {
    long now = ticker.nanos();
    for (ClientConnection each : open.values()) {
      if (each.idleFor(now) > ServerLimits.IDLE.toNanos()) {
        each.close("no complete request in " + ServerLimits.IDLE.toSeconds() + " s");
      } else if (each.blockedFor(now) > ServerLimits.BLOCKED.toNanos()) {
        each.close("the client read nothing for " + ServerLimits.BLOCKED.toSeconds() + " s");
      } else if (each.answeringFor(now) > ServerLimits.WHOLE.toNanos()) {
        each.close("the answer took more than " + ServerLimits.WHOLE.toMinutes() + " min");
      }
    }
  }

  /** Returns the number of open connections. */
  int size() {
    return open.size();
  }

  /** Stops the checks. */
  @Override
  public void close() {
    alarm.cancel();
  }
}
