package io.promdisco.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.http.tls.ClientTls;
import io.promdisco.http.tls.TlsSettings;
import io.promdisco.util.Ticker;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one client: each carries one request at a time; one whose answer has been read
 * to its end is kept for the next request. Safe for all threads.
 */
final class Connections {
  /** How long a connection without a request is kept; as Prometheus does. */
  static final Duration IDLE = Duration.ofMinutes(5);

  /** A server that redirects to other ports for each answer would fill the table of files. */
  static final int MOST_IDLE = 100;

  private record Idle(Connection connection, Ticker.Alarm alarm) {}

  private final ClientTls tls;
  private final TlsSettings settings;
  private final ProxyRules proxies;
  private final Ticker ticker;

  /** By server. */
  @GuardedBy("this")
  private final Map<String, Deque<Idle>> idle = new HashMap<>();

  @GuardedBy("this")
  private boolean closed;

  Connections(ClientTls tls, TlsSettings settings, ProxyRules proxies, Ticker ticker) {
    this.tls = tls;
    this.settings = settings;
    this.proxies = proxies;
    this.ticker = ticker;
  }

  private static String key(URI url) {
    return (url.getScheme() + "://" + url.getHost() + ":" + Urls.port(url))
        .toLowerCase(Locale.ROOT);
  }

  /** A kept connection to the server of {@code url}, the latest one, or null. */
  synchronized @Nullable Connection kept(URI url) {
    String key = key(url);
    Deque<Idle> all = idle.get(key);
    if (all == null) {
      return null;
    }
    Idle latest = all.removeFirst();
    if (all.isEmpty()) {
      idle.remove(key);
    }
    latest.alarm.cancel();
    return latest.connection;
  }

  /** A new connection to the server of {@code url}, which has not been started. */
  Connection open(URI url) {
    return new Connection(url, tls, settings, proxies);
  }

  /** Keeps a connection without a request, or closes it if there are {@link #MOST_IDLE}. */
  void keep(Connection connection) {
    synchronized (this) {
      if (!closed && idle.values().stream().mapToInt(Deque::size).sum() < MOST_IDLE) {
        idle.computeIfAbsent(key(connection.server()), server -> new ArrayDeque<>())
            .addFirst(new Idle(connection, ticker.schedule(IDLE, () -> drop(connection))));
        return;
      }
    }
    connection.close();
  }

  private void drop(Connection connection) {
    synchronized (this) {
      String key = key(connection.server());
      Deque<Idle> all = idle.get(key);
      if (all == null || !all.removeIf(one -> one.connection == connection)) {
        return; // It has a request.
      }
      if (all.isEmpty()) {
        idle.remove(key);
      }
    }
    connection.close();
  }

  /** Closes those without a request, and keeps none from now on. */
  synchronized void close() {
    closed = true;
    for (Deque<Idle> all : idle.values()) {
      for (Idle one : all) {
        one.alarm.cancel();
        one.connection.close();
      }
    }
    idle.clear();
  }
}
