package io.promdisco.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A proxy on the local host that connects to one port, whichever server the client asks for: HTTP
 * with and without a tunnel, HTTPS, or SOCKS5.
 */
public final class TestProxy implements AutoCloseable {
  /** The protocol of the proxy. */
  public enum Kind {
    HTTP,
    HTTPS,
    SOCKS5
  }

  /** The request heads of HTTP clients; for SOCKS5, lines such as {@code SOCKS5 host:port}. */
  public final List<String> heads = new CopyOnWriteArrayList<>();

  private final Kind kind;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ServerSocket listening;
  private final int target;
  private volatile String user = "";
  private volatile @Nullable String answer;
  private volatile int socksCode;
  private volatile boolean hangs;

  private TestProxy(Kind kind, int target, @Nullable SSLContext tls) throws IOException {
    this.kind = kind;
    this.target = target;
    InetAddress here = InetAddress.getLoopbackAddress();
    listening =
        tls == null
            ? new ServerSocket(0, 50, here)
            : tls.getServerSocketFactory().createServerSocket(0, 50, here);
    threads.execute(this::accept);
  }

  /** An HTTP proxy that connects to {@code port} of the local host. */
  public static TestProxy to(int port) {
    return start(Kind.HTTP, port, null);
  }

  /**
   * A proxy that connects to {@code port} of the local host.
   *
   * @param tls for {@link Kind#HTTPS}, else null
   */
  public static TestProxy start(Kind kind, int port, @Nullable SSLContext tls) {
    try {
      return new TestProxy(kind, port, tls);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Requires this user and password, written as {@code user:password}. */
  public TestProxy user(String pair) {
    user = pair;
    return this;
  }

  /** Answers with this head; the proxy forwards only after status 200. */
  public void answer(String head) {
    answer = head;
  }

  /** Answers with this SOCKS5 reply code. */
  public void socksCode(int code) {
    socksCode = code;
  }

  /** Accepts connections but does not answer. */
  public void hang() {
    hangs = true;
  }

  /** Its host and port. */
  public String address() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  /**
   * Its URL.
   *
   * @param pair user and password; empty: none
   */
  public String url(String pair) {
    String scheme = kind.name().toLowerCase(Locale.ROOT);
    return scheme + "://" + (pair.isEmpty() ? "" : pair + "@") + address();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        open.add(client);
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      // The proxy was closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      if (hangs) {
        heads.add("");
        closed.await();
      } else if (kind == Kind.SOCKS5) {
        serveSocks(client);
      } else {
        serveHttp(client);
      }
    } catch (IOException e) {
      // One side has closed its connection.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serveHttp(Socket client) throws IOException {
    String head = head(client.getInputStream());
    heads.add(head);
    boolean tunnel = head.startsWith("CONNECT ");
    String said = answer;
    String pair = Base64.getEncoder().encodeToString(user.getBytes(UTF_8));
    if (said == null && !user.isEmpty() && !head.contains("roxy-Authorization: Basic " + pair)) {
      said = "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
    }
    if (said == null && tunnel) {
      said = "HTTP/1.1 200 Connection established\r\nVia: a\r\n\r\n";
    }
    if (said != null) {
      client.getOutputStream().write(said.getBytes(ISO_8859_1));
      client.getOutputStream().flush();
    }
    if (said == null || said.equals("HTTP/1.1 200 Connection established\r\nVia: a\r\n\r\n")) {
      // Without a tunnel, sends only the path, as servers expect it.
      passOn(client, tunnel ? "" : head.replaceFirst("http://[^/ ]*", ""));
    }
  }

  private void serveSocks(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    OutputStream out = client.getOutputStream();
    in.readUnsignedByte();
    List<Byte> methods = new CopyOnWriteArrayList<>();
    for (byte method : in.readNBytes(in.readUnsignedByte())) {
      methods.add(method);
    }
    byte method = (byte) (user.isEmpty() ? 0 : 2);
    out.write(new byte[] {5, methods.contains(method) ? method : (byte) 0xff});
    if (!methods.contains(method)) {
      return;
    }
    if (method == 2) {
      in.readUnsignedByte();
      String name = new String(in.readNBytes(in.readUnsignedByte()), UTF_8);
      String pair = name + ":" + new String(in.readNBytes(in.readUnsignedByte()), UTF_8);
      boolean known = pair.equals(user);
      out.write(new byte[] {1, (byte) (known ? 0 : 1)});
      if (!known) {
        return;
      }
    }
    in.readNBytes(3);
    String host =
        switch (in.readUnsignedByte()) {
          case 1 -> InetAddress.getByAddress(in.readNBytes(4)).getHostAddress();
          case 4 -> InetAddress.getByAddress(in.readNBytes(16)).getHostAddress();
          default -> new String(in.readNBytes(in.readUnsignedByte()), UTF_8);
        };
    heads.add("SOCKS5 " + host + ":" + in.readUnsignedShort());
    out.write(new byte[] {5, (byte) socksCode, 0, 1, 127, 0, 0, 1, 0, 80});
    if (socksCode == 0) {
      passOn(client, "");
    }
  }

  private void passOn(Socket client, String first) throws IOException {
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      open.add(server);
      server.getOutputStream().write(first.getBytes(ISO_8859_1));
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
      // One side has closed its connection.
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
    closed.countDown();
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
