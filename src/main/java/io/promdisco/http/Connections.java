package io.promdisco.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.promdisco.http.h2.Http2Connection;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * As few connections to one server as it allows: one that all requests share, where it speaks
 * HTTP/2, and another only when so many requests are under way as it takes at once; otherwise one
 * for each request, which are used again. Beside that, one to itself for a request that is better
 * off so (decision 0012). Safe for all threads.
 */
final class Connections implements AutoCloseable {
  private static final String THREAD = "sd-http2";

  private final ServerSettings settings;
  private final Ticker ticker;
  private final ClientTls tls;

  @GuardedBy("this")
  private final List<Http2Connection> shared = new ArrayList<>();

  @GuardedBy("this")
  private final Map<TlsImplementation, HttpClient> plain = new EnumMap<>(TlsImplementation.class);

  @GuardedBy("this")
  private boolean isShared;

  @GuardedBy("this")
  private boolean closed;

  Connections(ServerSettings settings, ClientTls tls, Ticker ticker) {
    this.settings = settings;
    this.tls = tls;
    this.ticker = ticker;
    isShared = settings.isMultiplexed();
  }

  /**
   * A connection with a place for a request, to be released when the request has ended, or null if
   * the server does not share.
   *
   * @param patience how long to wait for it
   * @param late thrown after that
   */
  @Nullable Http2Connection share(Duration patience, IOException late)
      throws IOException, InterruptedException {
    Http2Connection connection = reserve();
    if (connection == null) {
      return null;
    }
    boolean speaks = false;
    try {
      speaks = connection.awaitOpen(patience, late);
    } finally {
      if (!speaks) {
        connection.release();
      }
    }
    if (!speaks) {
      becomePlain();
    }
    return speaks ? connection : null;
  }

  private synchronized @Nullable Http2Connection reserve() throws IOException {
    checkOpen();
    if (!isShared) {
      return null;
    }
    shared.removeIf(Http2Connection::isClosed);
    for (Http2Connection connection : shared) {
      if (connection.reserve()) {
        return connection;
      }
    }
    Http2Connection made = Http2Connection.start(dialer(true), THREAD, ticker);
    shared.add(made);
    return made;
  }

  @GuardedBy("this")
  private Dialer dialer(boolean forAll) {
    return new Dialer(settings, tls.context(), forAll);
  }

  /**
   * A connection over HTTP/1.1 for one request alone, or null if there shall be none: with a server
   * that does not share connections every request has one anyway.
   */
  synchronized @Nullable Dialer alone() throws IOException {
    checkOpen();
    return isShared ? dialer(false) : null;
  }

  private synchronized void becomePlain() {
    isShared = false;
  }

  /** What speaks HTTP/1.1. */
  synchronized HttpClient plain() throws IOException {
    checkOpen();
    return plain.computeIfAbsent(
        tls.implementation(),
        now -> Transport.open(tls.context(), settings.tls(), settings.proxy()));
  }

  @GuardedBy("this")
  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("the client of " + settings.server() + " is closed");
    }
  }

  @Override
  public void close() {
    List<Http2Connection> left;
    List<HttpClient> leftPlain;
    synchronized (this) {
      closed = true;
      left = List.copyOf(shared);
      leftPlain = List.copyOf(plain.values());
      shared.clear();
      plain.clear();
    }
    left.forEach(Http2Connection::close);
    leftPlain.forEach(HttpClient::close);
  }
}
