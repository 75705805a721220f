package io.promdisco.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * As few connections to one server as its limit of streams allows. An HTTP/2 server takes so many
 * requests at once over a connection (an API server: 100), and each watch is one that lasts; the
 * JDK's client refuses the next instead of opening another connection. Safe for all threads.
 */
final class Connections implements AutoCloseable {
  /** Requests under way over one connection; servers must not allow fewer than 100 (RFC 9113). */
  static final int MOST_STREAMS = 90;

  private final ServerSettings settings;
  private final Ticker ticker;

  @GuardedBy("this")
  private final List<Connection> all = new ArrayList<>();

  @GuardedBy("this")
  private @Nullable Connection plain;

  @GuardedBy("this")
  private boolean closed;

  /** A client whose requests share one connection, where they can. */
  static final class Connection {
    final HttpClient http;

    /** Null where each request has a connection of its own. */
    final @Nullable ConnectionGate gate;

    private int streams; // guarded by the Connections

    private Connection(HttpClient http, @Nullable ConnectionGate gate) {
      this.http = http;
      this.gate = gate;
    }
  }

  Connections(ServerSettings settings, Ticker ticker) {
    this.settings = settings;
    this.ticker = ticker;
  }

  /** One with room for a request; to be given back when the request has ended. */
  synchronized Connection take() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    for (Connection connection : all) {
      if (connection.gate == null || connection.streams < MOST_STREAMS) {
        connection.streams++;
        return connection;
      }
    }
    boolean shared = settings.isMultiplexed();
    Connection made =
        new Connection(
            Transport.open(settings.tls(), settings.proxy(), shared),
            shared ? new ConnectionGate(ticker) : null);
    made.streams = 1;
    all.add(made);
    return made;
  }

  /** One that speaks HTTP/1.1 whatever the settings say. */
  synchronized Connection takePlain() throws IOException {
    if (closed) {
      throw new IOException("the client of " + settings.server() + " is closed");
    }
    Connection connection = plain;
    if (connection == null) {
      connection = new Connection(Transport.open(settings.tls(), settings.proxy(), false), null);
      plain = connection;
    }
    connection.streams++;
    return connection;
  }

  /** The request has ended. */
  synchronized void giveBack(Connection connection) {
    connection.streams--;
  }

  @Override
  public void close() {
    List<Connection> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(all);
      if (plain != null) {
        plain.http.close();
      }
      all.clear();
    }
    left.forEach(connection -> connection.http.close());
  }
}
