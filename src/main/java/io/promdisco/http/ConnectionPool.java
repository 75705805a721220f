package io.promdisco.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.http.tls.ClientTls;
import io.promdisco.http.tls.TlsSettings;
import io.promdisco.util.Ticker;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one client: each carries one request at a time; one whose answer has been read
 * to its end is kept for the next request. Safe for all threads.
 */
final class ConnectionPool {
  /** How long a connection without a request is kept; as Prometheus does. */
  static final Duration IDLE = Duration.ofMinutes(5);

  /** A server that redirects to other ports for each answer would fill the table of files. */
  static final int MOST_IDLE = 100;

  private record Idle(HttpConnection connection, Ticker.Alarm alarm) {}

  private final ClientTls tls;
  private final TlsSettings settings;
  private final ProxyRules proxies;
  private final Ticker ticker;

  /** The latest first. */
  @GuardedBy("this")
  private final Deque<Idle> idle = new ArrayDeque<>();

  @GuardedBy("this")
  private boolean closed;

  ConnectionPool(ClientTls tls, TlsSettings settings, ProxyRules proxies, Ticker ticker) {
    this.tls = tls;
    this.settings = settings;
    this.proxies = proxies;
    this.ticker = ticker;
  }

  /** A kept connection to the server of {@code url}, the latest one, or null. */
  synchronized @Nullable HttpConnection kept(URI url) {
    for (Iterator<Idle> all = idle.iterator(); all.hasNext(); ) {
      Idle latest = all.next();
      if (ServerUrls.isSameOrigin(latest.connection.server(), url)) {
        all.remove();
        latest.alarm.cancel();
        return latest.connection;
      }
    }
    return null;
  }

  /** A new connection to the server of {@code url}, which has not been started. */
  HttpConnection open(URI url) {
    return new HttpConnection(url, tls, settings, proxies);
  }

  /** Keeps a connection without a request, or closes it if there are {@link #MOST_IDLE}. */
  void keep(HttpConnection connection) {
    synchronized (this) {
      if (!closed && idle.size() < MOST_IDLE) {
        idle.addFirst(new Idle(connection, ticker.schedule(IDLE, () -> drop(connection))));
        return;
      }
    }
    connection.close();
  }

  private void drop(HttpConnection connection) {
    synchronized (this) {
      if (!idle.removeIf(one -> one.connection == connection)) {
        return; // It has a request.
      }
    }
    connection.close();
  }

  /** Closes those without a request, and keeps none from now on. */
  synchronized void close() {
    closed = true;
    for (Idle one : idle) {
      one.alarm.cancel();
      one.connection.close();
    }
    idle.clear();
  }
}
