package io.promdisco.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Forwards connections to a server on this machine and can be shut: then open connections are cut,
 * and nothing listens until it is opened again, on the same port.
 */
public final class BreakableForwarder implements AutoCloseable {
  private final int target;
  private final int port;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private ServerSocket listener;

  /** Opens a forwarder to a port. */
  public BreakableForwarder(int target) throws IOException {
    this.target = target;
    this.listener = listen(0);
    this.port = listener.getLocalPort();
  }

  public int port() {
    return port;
  }

  /** The number of connections that are open now. */
  public int connections() {
    return open.size() / 2;
  }

  /** Cuts the open connections; new ones are accepted. */
  public void drop() {
    for (Socket socket : List.copyOf(open)) {
      closeQuietly(socket);
    }
  }

  /** Cuts the open connections and accepts no new ones. */
  public synchronized void shut() throws IOException {
    listener.close();
    drop();
  }

  /** Accepts connections again. */
  public synchronized void open() throws IOException {
    listener = listen(port);
  }

  @Override
  public synchronized void close() {
    try {
      shut();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerSocket listen(int at) throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 256);
    start(() -> accept(server));
    return server;
  }

  private void accept(ServerSocket server) {
    while (!server.isClosed()) {
      try {
        Socket in = server.accept();
        open.add(in);
        Socket out = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(out);
        start(() -> copy(in, out));
        start(() -> copy(out, in));
      } catch (IOException e) {
        if (server.isClosed()) {
          return;
        }
        drop(); // no connection is left behind
      }
    }
  }

  private void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      closeQuietly(to); // cut on one side, so cut the other too
    }
    closeQuietly(from);
    closeQuietly(to);
  }

  private void closeQuietly(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "gate");
    thread.setDaemon(true);
    thread.start();
  }
}
