package io.promdisco.sim;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.util.Closer;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.SystemTicker;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;

/**
 * A simulated Kubernetes API server on 127.0.0.1. It lists, watches and writes the objects of a
 * {@link SimCluster} in JSON and protobuf, and can simulate any failure. Safe for all threads. Its
 * own threads are called {@code sd-sim-…} and end with {@link #close}.
 */
public final class SimApiServer implements AutoCloseable {
  private static final Logger log = EscapingLogger.of(SimApiServer.class);
  private static final int BACKLOG = 256;

  private final SimOptions options;
  private final Closer closer = new Closer();
  private final int port;
  private final Ticker ticker;
  private final SimUsers users;
  private final AtomicInteger numbers = new AtomicInteger();
  private final Faults faults = new Faults();
  private final RequestHandler handler;
  private volatile ServerSocket listener;
  private volatile Thread acceptor;

  @GuardedBy("connections")
  private final Map<SimConnection, Thread> connections = new HashMap<>();

  @GuardedBy("connections")
  private boolean closed;

  private SimApiServer(SimCluster cluster, SimOptions options) throws IOException {
    this.options = options;
    this.users = new SimUsers(options);
    this.listener = listen(options.port);
    this.port = listener.getLocalPort();
    this.ticker = options.ticker == null ? closer.add(new SystemTicker()) : options.ticker;
    this.handler = new RequestHandler(cluster, options, ticker, users, faults);
    this.acceptor = NamedThreads.start("sd-sim-accept", this::accept);
  }

  /** Starts a server without users on a free port. */
  public static SimApiServer start(SimCluster cluster) {
    return start(cluster, new SimOptions());
  }

  /**
   * Starts a server.
   *
   * @throws UncheckedIOException if the port is in use
   */
  public static SimApiServer start(SimCluster cluster, SimOptions options) {
    try {
      return new SimApiServer(cluster, options);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "port " + options.port + " of 127.0.0.1: " + e.getMessage(), e);
    }
  }

  /** The URL, for example {@code http://127.0.0.1:41234}. */
  public URI url() {
    String scheme = options.tls == null ? "http" : "https";
    return URI.create(scheme + "://127.0.0.1:" + port());
  }

  /** The port that it listens on. */
  public int port() {
    return port;
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    return listener;
  }

  /** Writes a kubeconfig for the first user, or without credentials if there are no users. */
  public Path writeKubeconfig(Path file) {
    return writeKubeconfig(file, users.firstToken());
  }

  /**
   * Writes a kubeconfig with one context.
   *
   * @param token empty for no credentials
   * @return {@code file}
   */
  public Path writeKubeconfig(Path file, String token) {
    StringBuilder text = new StringBuilder(512);
    text.append("apiVersion: v1\nkind: Config\ncurrent-context: simulated\n");
    text.append("clusters:\n- name: simulated\n  cluster:\n    server: ")
        .append(url())
        .append('\n');
    if (!options.caPem.isEmpty()) {
      String data =
          Base64.getEncoder().encodeToString(options.caPem.getBytes(StandardCharsets.US_ASCII));
      text.append("    certificate-authority-data: ").append(data).append('\n');
    }
    text.append("contexts:\n- name: simulated\n  context: {cluster: simulated, user: simulated}\n");
    text.append("users:\n- name: simulated\n");
    text.append(token.isEmpty() ? "  user: {}\n" : "  user:\n    token: '" + token + "'\n");
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The faults of this server. */
  public Faults faults() {
    return faults;
  }

  /** Adds a user, or changes the permissions of a user, for future requests. */
  public void putUser(String name, String token, Permissions may) {
    users.put(name, token, may);
  }

  /** Removes a token: requests with it get 401 from now on. */
  public void revokeToken(String token) {
    users.revoke(token);
  }

  /** Sends a bookmark in every watch whose client has requested bookmarks. */
  public void sendBookmarks() {
    faults.streams().forEach(WatchStream::bookmark);
  }

  /** Returns the number of running watches of {@code resource}. */
  public int runningWatches(Resource<?> resource) {
    int count = 0;
    for (WatchStream stream : faults.streams()) {
      if (stream.resource().equals(resource)) {
        count++;
      }
    }
    return count;
  }

  /** Ends every watch normally, as at its timeout. */
  public void endWatches() {
    faults.streams().forEach(WatchStream::timeOut);
  }

  /** Returns the number of open connections. */
  public int connections() {
    return openConnections().size();
  }

  /**
   * Closes the port and the connections, as in a shutdown. Connections are refused until {@link
   * #listenAgain}.
   */
  public synchronized void stopListening() throws IOException {
    listener.close();
    Uninterruptibles.joinUninterruptibly(acceptor); // It may be accepting a last connection.
    dropConnections();
  }

  /**
   * Opens the port again after {@link #stopListening}.
   *
   * @throws IOException if it is in use meanwhile
   */
  public synchronized void listenAgain() throws IOException {
    if (!listener.isClosed() || isClosed()) {
      return;
    }
    listener = listen(port);
    acceptor = NamedThreads.start("sd-sim-accept", this::accept);
  }

  private boolean isClosed() {
    synchronized (connections) {
      return closed;
    }
  }

  /** Closes every connection, as in a crash; new ones are accepted. */
  public void dropConnections() {
    openConnections().forEach(SimConnection::close);
  }

  /** Returns the latest requests, oldest first; at most 10,000. */
  public List<SimRequest> requests() {
    return handler.requests();
  }

  /** Returns how many of {@link #requests} were for {@code resource} with {@code verb}. */
  public int count(Resource<?> resource, String verb) {
    int count = 0;
    for (SimRequest request : requests()) {
      if (request.resource().equals(resource.plural()) && request.verb().equals(verb)) {
        count++;
      }
    }
    return count;
  }

  private void accept() {
    ServerSocket own = listener;
    while (!own.isClosed()) {
      try {
        Socket raw = own.accept();
        raw.setTcpNoDelay(true);
        open(raw, numbers.incrementAndGet());
      } catch (IOException e) {
        if (!own.isClosed()) {
          log.warn("a connection could not be accepted", e);
        }
      }
    }
  }

  private void open(Socket raw, int number) throws IOException {
    Socket socket = raw;
    if (options.tls != null) {
      SSLSocket secure =
          (SSLSocket)
              options.tls.getSocketFactory().createSocket(raw, "127.0.0.1", raw.getPort(), true);
      secure.setUseClientMode(false);
      socket = secure;
    }
    SimConnection connection = new SimConnection(number, raw, socket, handler, ticker, this::ended);
    synchronized (connections) {
      if (closed) {
        connection.close();
        return;
      }
      connections.put(connection, NamedThreads.start("sd-sim-conn-" + number, connection));
    }
  }

  private void ended(SimConnection connection) {
    synchronized (connections) {
      connections.remove(connection);
    }
  }

  private List<SimConnection> openConnections() {
    synchronized (connections) {
      return List.copyOf(connections.keySet());
    }
  }

  /** Closes the port and all connections, and waits until the threads have ended. */
  @Override
  public void close() {
    List<Thread> threads;
    synchronized (connections) {
      closed = true;
      threads = List.copyOf(connections.values());
    }
    faults.healAll();
    closer.close();
    try {
      stopListening();
    } catch (IOException e) {
      log.warn("port {} could not be closed", port, e);
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
