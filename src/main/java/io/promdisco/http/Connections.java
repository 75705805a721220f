package io.promdisco.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.promdisco.http.h2.Http2Connection;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
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

  @GuardedBy("this")
  private final List<Http2Connection> shared = new ArrayList<>();

  @GuardedBy("this")
  private @Nullable SSLContext context;

  @GuardedBy("this")
  private @Nullable HttpClient plain;

  @GuardedBy("this")
  private boolean isShared;

  @GuardedBy("this")
  private boolean closed;

  Connections(ServerSettings settings, Ticker ticker) {
    this.settings = settings;
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
  private Dialer dialer(boolean forAll) throws IOException {
    if (context == null) {
      context = settings.tls().context();
    }
    return new Dialer(settings, context, forAll);
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
    if (plain == null) {
      plain = Transport.open(settings.tls(), settings.proxy());
    }
    return plain;
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
    HttpClient leftPlain;
    synchronized (this) {
      closed = true;
      left = List.copyOf(shared);
      leftPlain = plain;
      shared.clear();
    }
    left.forEach(Http2Connection::close);
    if (leftPlain != null) {
      leftPlain.close();
    }
  }
}
