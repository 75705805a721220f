package io.promdisco.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A proxy on the local host that passes everything through, wherever it was to go. */
public final class ConnectProxy implements AutoCloseable {
  /** The requests, with their headers. */
  public final List<String> heads = new CopyOnWriteArrayList<>();

  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ServerSocket listening;
  private final int target;
  private volatile String answer = "HTTP/1.1 200 Connection established\r\nVia: a\r\n\r\n";

  private ConnectProxy(int target) throws IOException {
    this.target = target;
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** One that leads to {@code port} of the local host. */
  public static ConnectProxy to(int port) {
    try {
      return new ConnectProxy(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers otherwise; it passes on only after a status of 200. */
  public void answer(String head) {
    answer = head;
  }

  /** Its host and port. */
  public String address() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        open.add(client);
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      heads.add(head(client.getInputStream()));
      String said = answer;
      client.getOutputStream().write(said.getBytes(ISO_8859_1));
      if (said.startsWith("HTTP/1.1 200 ")) {
        passOn(client);
      }
    } catch (IOException e) {
      // One of the two has hung up.
    }
  }

  private void passOn(Socket client) throws IOException {
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      open.add(server);
      threads.execute(() -> copy(server, client));
      copy(client, server);
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[16384];
      InputStream in = from.getInputStream();
      for (int count; (count = in.read(buffer)) >= 0; ) {
        out.write(buffer, 0, count);
        out.flush();
      }
    } catch (IOException e) {
      // One of the two has hung up.
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("closed");
      }
      head.append((char) b);
    }
    return head.toString();
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
