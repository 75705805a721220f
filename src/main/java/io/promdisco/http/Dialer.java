package io.promdisco.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.Secret;
import io.promdisco.http.h2.Line;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** Connects to a server with TLS, through a proxy where the settings say so. */
final class Dialer implements Line {
  /** For the connection and for the TLS handshake. */
  private static final int PATIENCE_MILLIS = 10_000;

  private static final int LONGEST_PROXY_HEAD = 16 << 10;
  private static final String CREDENTIALS = ", it wants other credentials (proxy_url)";

  /** TCP asks a silent server for a sign of life after 30 s, three times within 15 s. */
  private static final int KEEP_ALIVE_SECONDS = 30;

  private static final int KEEP_ALIVE_EVERY = 5;
  private static final int KEEP_ALIVE_TRIES = 3;

  private final ServerSettings settings;
  private final SSLContext context;
  private final boolean shared;

  @GuardedBy("this")
  private @Nullable ReadAhead socket;

  @GuardedBy("this")
  private boolean closed;

  // Of who connects and then reads; the second, of all.
  private @Nullable ReadAhead connected;
  private volatile @Nullable SSLSocket tls;

  /**
   * A way to the server of {@code settings}.
   *
   * @param shared whether requests share it: it offers HTTP/2, which asks for signs of life itself.
   *     Otherwise it ends when the thread that reads is interrupted
   */
  Dialer(ServerSettings settings, SSLContext context, boolean shared) {
    this.settings = settings;
    this.context = context;
    this.shared = shared;
  }

  @Override
  public String connect() throws IOException {
    URI server = settings.server();
    URI proxy = settings.proxy().proxyFor(server);
    String host = Urls.bare(server.getHost());
    int port = server.getPort() < 0 ? 443 : server.getPort();
    try {
      ReadAhead raw = proxy == null ? reach(host, port) : reach(proxy);
      raw.setSoTimeout(PATIENCE_MILLIS);
      if (proxy != null) {
        openTunnel(raw, server.getHost() + ":" + port, proxy);
      }
      String protocol = encrypt(raw, host, port);
      raw.setSoTimeout(0);
      connected = raw;
      return protocol;
    } catch (IOException e) {
      throw isTimeout(e) ? because(new HttpConnectTimeoutException("no answer"), e) : e;
    }
  }

  /** Whether the other side was silent; the TLS of the JDK calls this a failure of TLS. */
  private static boolean isTimeout(IOException problem) {
    return problem instanceof SocketTimeoutException
        || problem.getCause() instanceof SocketTimeoutException;
  }

  private static IOException because(IOException problem, IOException cause) {
    problem.initCause(cause);
    return problem;
  }

  private ReadAhead reach(URI proxy) throws IOException {
    try {
      return reach(Urls.bare(proxy.getHost()), proxy.getPort() < 0 ? 80 : proxy.getPort());
    } catch (UnknownHostException e) {
      throw atProxy(proxy, "unknown host " + proxy.getHost());
    } catch (SocketTimeoutException e) {
      throw atProxy(proxy, "no answer");
    } catch (SocketException e) {
      throw atProxy(proxy, Failures.detail(e, "connection refused"));
    }
  }

  /** Without what the causes say: it would be taken for the server's. */
  private static ConnectException atProxy(URI proxy, String problem) {
    String port = proxy.getPort() < 0 ? "" : ":" + proxy.getPort();
    return new ConnectException(
        "the proxy " + proxy.getHost() + port + ": " + Failures.lower(problem));
  }

  private String encrypt(ReadAhead raw, String host, int port) throws IOException {
    String named = settings.tls().serverName();
    SSLSocket made =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(raw, named.isEmpty() ? host : named, port, true);
    tls = made;
    SSLParameters parameters = made.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(
        shared ? new String[] {"h2", "http/1.1"} : new String[] {"http/1.1"});
    List<String> versions = settings.tls().versions();
    if (!versions.isEmpty()) {
      parameters.setProtocols(versions.toArray(new String[0]));
    }
    made.setSSLParameters(parameters);
    made.startHandshake();
    String protocol = made.getApplicationProtocol();
    return protocol == null ? "" : protocol;
  }

  /** Tries each address that the name has. */
  private ReadAhead reach(String host, int port) throws IOException {
    IOException problem = new ConnectException("connection refused");
    for (InetAddress address : InetAddress.getAllByName(host)) {
      ReadAhead made = shared ? new ReadAhead() : new ReadAhead(new ChannelSocket());
      synchronized (this) {
        if (closed) {
          throw new IOException("closed");
        }
        socket = made;
      }
      try {
        made.setTcpNoDelay(true);
        made.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
        if (!shared) {
          keepAlive(made);
        }
        return made;
      } catch (ConnectException | NoRouteToHostException | SocketTimeoutException e) {
        made.close();
        problem = e;
      } catch (IOException e) {
        made.close();
        problem = because(new ConnectException(e.getMessage()), e);
      }
    }
    throw problem;
  }

  private static void keepAlive(Socket made) throws IOException {
    made.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    Set<SocketOption<?>> supported = made.supportedOptions();
    if (supported.contains(ExtendedSocketOptions.TCP_KEEPIDLE)) { // else after two hours
      made.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_ALIVE_SECONDS);
      made.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_ALIVE_EVERY);
      made.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_ALIVE_TRIES);
    }
  }

  /** RFC 9110, section 9.3.6. */
  private void openTunnel(ReadAhead raw, String target, URI proxy) throws IOException {
    StringBuilder request = new StringBuilder();
    request.append("CONNECT ").append(target).append(" HTTP/1.1\r\nHost: ").append(target);
    request.append("\r\nUser-Agent: ").append(UserAgent.TEXT).append("\r\n");
    for (Map.Entry<String, List<Secret>> header : settings.proxy().headers().entrySet()) {
      for (Secret value : header.getValue()) {
        String text = Headers.checked(header.getKey(), value.reveal());
        request.append(header.getKey()).append(": ").append(text).append("\r\n");
      }
    }
    raw.getOutputStream().write(request.append("\r\n").toString().getBytes(ISO_8859_1));
    String status;
    try {
      status = head(raw.getInputStream());
    } catch (SocketTimeoutException e) {
      throw atProxy(proxy, "no answer");
    } catch (IOException e) {
      throw atProxy(proxy, Failures.detail(e, "closed"));
    }
    String[] parts = status.split(" ", 3);
    if (parts.length < 2 || !parts[0].startsWith("HTTP/1.")) {
      throw atProxy(proxy, "its answer is not HTTP");
    }
    if (!parts[1].startsWith("2")) {
      throw atProxy(
          proxy,
          "it answers with status " + parts[1] + (parts[1].equals("407") ? CREDENTIALS : ""));
    }
  }

  /** Reads the head of an answer and returns its first line. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int matched = 0; matched < 4; ) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("it closes the connection");
      }
      bytes.write(b);
      if (bytes.size() > LONGEST_PROXY_HEAD) {
        throw new IOException("its answer does not end");
      }
      matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
    }
    String text = bytes.toString(ISO_8859_1);
    return text.substring(0, text.indexOf('\r'));
  }

  private SSLSocket tls() throws IOException {
    SSLSocket encrypted = tls;
    if (encrypted == null) {
      throw new IOException("not connected");
    }
    return encrypted;
  }

  @Override
  public InputStream input() throws IOException {
    return tls().getInputStream();
  }

  @Override
  public OutputStream output() throws IOException {
    return tls().getOutputStream();
  }

  @Override
  public boolean hasMore() {
    return connected != null && connected.hasMore();
  }

  @Override
  public boolean isDrained() {
    return connected != null && connected.isDrained();
  }

  /** Closes the socket beneath: TLS would say good-bye first, and that may block. */
  @Override
  public void close() {
    Socket open;
    synchronized (this) {
      closed = true;
      open = socket;
    }
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e); // Of a socket this does not happen.
      }
    }
  }
}
