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
 * A way to a server on this machine that can be shut: what is open is cut, and nobody listens until
 * it is opened again. Always on the same port.
 */
public final class BreakableForwarder implements AutoCloseable {
  private final int target;
  private final int port;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private ServerSocket listener;

  /** Opens a way to a port. */
  public BreakableForwarder(int target) throws IOException {
    this.target = target;
    this.listener = listen(0);
    this.port = listener.getLocalPort();
  }

  public int port() {
    return port;
  }

  /** How many connections go through now. */
  public int connections() {
    return open.size() / 2;
  }

  /** Cuts what is open; new connections are taken. */
  public void drop() {
    for (Socket socket : List.copyOf(open)) {
      closeQuietly(socket);
    }
  }

  /** Cuts what is open and lets nobody in. */
  public synchronized void shut() throws IOException {
    listener.close();
    drop();
  }

  /** Lets everybody in again. */
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
        drop(); // nobody is behind the gate
      }
    }
  }

  private void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      closeQuietly(to); // cut on one side, so on both
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
