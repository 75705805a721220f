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
 * The connections of one client. Each has one request at a time. A connection whose answer was read
 * completely is kept for the next request. Safe for all threads.
 */
final class ConnectionPool {
  /** How long an idle connection is kept, as in Prometheus. */
  static final Duration IDLE = Duration.ofMinutes(5);

  /**
   * Otherwise, a server that redirects each request to another port would exhaust the file
   * descriptors.
   */
  static final int MOST_IDLE = 100;

  private record Idle(HttpConnection connection, Ticker.Alarm alarm) {}

  private final ClientTls tls;
  private final TlsSettings settings;
  private final ProxyRules proxies;
  private final Ticker ticker;

  /** the latest first */
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

  /** Returns the latest kept connection to the server of {@code url}, or null. */
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

  /** Returns a new connection to the server of {@code url}, which is not started. */
  HttpConnection open(URI url) {
    return new HttpConnection(url, tls, settings, proxies);
  }

  /** Keeps an idle connection, or closes it if there are {@link #MOST_IDLE}. */
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
        return; // it is in use
      }
    }
    connection.close();
  }

  /** Closes idle connections, and keeps none from now on. */
  synchronized void close() {
    closed = true;
    for (Idle one : idle) {
      one.alarm.cancel();
      one.connection.close();
    }
    idle.clear();
  }
}
