package io.promdisco.server.access;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.RateLimitedLog;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.ssl.SslConnection;
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

  private final Ticker ticker;
  private final ServerLimits limits;
  private final Map<SelectableChannel, ClientConnection> open = new ConcurrentHashMap<>();

  @GuardedBy("clients")
  private final Map<ClientAddress, Set<ClientConnection>> clients = new HashMap<>();

  private final RateLimitedLog log;

  private final Ticker.Alarm alarm;

  ClientConnections(Ticker ticker, ServerLimits limits) {
    this.ticker = ticker;
    this.limits = limits;
    log = new RateLimitedLog(ticker::nanos, logger::warn);
    alarm = ticker.every(SWEEP, this::sweep);
  }

  /**
   * Returns the connection of {@code endPoint}; one that is not counted if it is already closed.
   */
  ClientConnection of(EndPoint endPoint) {
    ClientConnection known =
        endPoint.getTransport() instanceof SelectableChannel channel ? open.get(channel) : null;
    if (known != null) {
      return known;
    }
    ClientConnection gone =
        new ClientConnection(
            null, ClientAddress.of(endPoint.getRemoteSocketAddress()), ticker::nanos);
    gone.opened(endPoint);
    return gone;
  }

  @Override
  public void onAccepting(SelectableChannel channel) {
    ClientConnection opened = new ClientConnection(channel, client(channel), ticker::nanos);
    Set<ClientConnection> ofClient;
    synchronized (clients) {
      clients.computeIfAbsent(opened.client(), key -> new LinkedHashSet<>()).add(opened);
      ofClient = new LinkedHashSet<>(clients.getOrDefault(opened.client(), Set.of()));
    }
    open.put(channel, opened);
    if (ofClient.size() > limits.connectionsPerClient()) {
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
