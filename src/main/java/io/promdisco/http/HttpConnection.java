package io.promdisco.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.http.tls.ClientTls;
import io.promdisco.http.tls.TlsSettings;
import io.promdisco.util.ExceptionCauses;
import io.promdisco.util.HostNames;
import io.promdisco.util.NamedThreads;
import java.io.IOException;
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
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import jdk.net.ExtendedSocketOptions;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server over HTTP/1.1, with TLS and a proxy according to the settings. It has
 * one request at a time. A separate thread connects, because a name look-up cannot be interrupted;
 * the thread of the request reads. Any thread may close it.
 */
final class HttpConnection {
  private static final String CONNECTS = "sd-http-connect";

  /** The timeout of the TCP connection, and of each answer during the TLS handshake. */
  private static final int PATIENCE_MILLIS = 10_000;

  private static final int LARGEST_PORT = 65_535;
  private static final Timeout MOMENT = Timeout.ofMilliseconds(1);

  /** TCP probes a silent server after 30 s, three times within 15 s. */
  private static final int KEEP_ALIVE_SECONDS = 30;

  private static final int KEEP_ALIVE_EVERY = 5;
  private static final int KEEP_ALIVE_TRIES = 3;

  /** The headers of an answer may have at most 200 lines of 32 KiB. */
  private static final Http1Config LIMITS =
      Http1Config.custom()
          .setBufferSize(16 << 10)
          .setMaxLineLength(32 << 10)
          .setMaxHeaderCount(200)
          .build();

  /**
   * Header values are sent byte by byte; each character of a value is one byte of its UTF-8 form.
   */
  private static DefaultBHttpClientConnection unbound() {
    return new DefaultBHttpClientConnection(LIMITS, null, ISO_8859_1.newEncoder());
  }

  private static final HttpRequestExecutor EXECUTOR = new HttpRequestExecutor();

  private final URI server;
  private final ClientTls tls;
  private final TlsSettings settings;
  private final ProxyRules proxies;
  private final @Nullable URI proxy;
  private final FutureTask<DefaultBHttpClientConnection> connecting =
      new FutureTask<>(this::connect);

  @GuardedBy("this")
  private @Nullable Socket socket;

  @GuardedBy("this")
  private boolean closed;

  /**
   * Creates a connection to the server of a URL. It is {@link #start started} once.
   *
   * @param server only its scheme, host and port are used
   */
  HttpConnection(URI server, ClientTls tls, TlsSettings settings, ProxyRules proxies) {
    this.server = server;
    this.tls = tls;
    this.settings = settings;
    this.proxies = proxies;
    proxy = proxies.proxyFor(server);
  }

  /** Starts to connect. */
  void start() {
    NamedThreads.start(CONNECTS, connecting);
  }

  URI server() {
    return server;
  }

  /** Returns the proxy, or null. */
  @Nullable URI proxy() {
    return proxy;
  }

  /** Whether the proxy forwards requests instead of bytes. */
  boolean isForwarded() {
    return proxy != null && !isEncrypted(server) && !ProxyTunnel.isSocks(proxy);
  }

  private static boolean isEncrypted(URI server) {
    return "https".equalsIgnoreCase(server.getScheme());
  }

  boolean isOpen() {
    return connecting.isDone();
  }

  /** Sends a request and reads the headers of the answer. */
  ClassicHttpResponse send(ClassicHttpRequest request) throws IOException, InterruptedException {
    try {
      return EXECUTOR.execute(request, opened(), HttpCoreContext.create());
    } catch (HttpException | IOException e) {
      throw ConnectionFailures.ofHttp(e);
    }
  }

  /** Whether another request can follow an answer that was read completely. */
  boolean isReusable(ClassicHttpRequest request, ClassicHttpResponse response)
      throws IOException, InterruptedException {
    return EXECUTOR.keepAlive(request, response, opened(), HttpCoreContext.create());
  }

  /**
   * Sets how long {@link #send} and the reader of its answer wait for the next bytes; 0 for no
   * limit.
   */
  void waitForBytes(int millis) throws IOException, InterruptedException {
    opened().setSocketTimeout(Timeout.ofMilliseconds(millis));
  }

  /**
   * Whether nothing was received since the last answer. Such data would be taken for the next
   * answer; some servers report that they close an idle connection.
   */
  boolean isQuiet() throws InterruptedException {
    try {
      return !opened().isDataAvailable(MOMENT);
    } catch (IOException e) {
      return false;
    }
  }

  private DefaultBHttpClientConnection opened() throws IOException, InterruptedException {
    try {
      return connecting.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (CancellationException e) {
      throw new IOException("closed", e);
    }
  }

  private DefaultBHttpClientConnection connect() throws IOException {
    try {
      ReadAheadSocket raw =
          proxy == null ? reach(server.getHost(), ServerUrls.port(server)) : reach(proxy);
      raw.setSoTimeout(PATIENCE_MILLIS);
      Socket way = proxy == null ? raw : through(proxy, raw);
      DefaultBHttpClientConnection opened = unbound();
      if (isEncrypted(server)) {
        String named = settings.serverName();
        String host = named.isEmpty() ? HostNames.withoutBrackets(server.getHost()) : named;
        opened.bind(encrypt(way, tls.context(), host, ServerUrls.port(server)), raw);
      } else {
        opened.bind(way);
      }
      raw.setSoTimeout(0);
      return opened;
    } catch (IOException e) {
      throw isTimeout(e) ? withCause(new HttpConnectTimeoutException("no answer"), e) : e;
    }
  }

  /** Whether the failure is a timeout; the JDK's TLS reports it as a TLS failure. */
  private static boolean isTimeout(IOException problem) {
    return problem instanceof SocketTimeoutException
        || problem.getCause() instanceof SocketTimeoutException;
  }

  private static IOException withCause(IOException problem, IOException cause) {
    problem.initCause(cause);
    return problem;
  }

  private ReadAheadSocket reach(URI proxy) throws IOException {
    try {
      return reach(proxy.getHost(), ProxyTunnel.port(proxy));
    } catch (UnknownHostException e) {
      throw ProxyTunnel.at(proxy, "unknown host " + proxy.getHost());
    } catch (SocketTimeoutException e) {
      throw ProxyTunnel.at(proxy, "no answer");
    } catch (SocketException e) {
      throw ProxyTunnel.at(proxy, ExceptionCauses.detail(e, "connection refused"));
    }
  }

  /** Tries each address of the name. */
  private ReadAheadSocket reach(String host, int port) throws IOException {
    if (port > LARGEST_PORT) { // possible in a redirect
      throw new ConnectException("port " + port + " does not exist (expected: 1 to 65535)");
    }
    IOException problem = new ConnectException("connection refused");
    for (InetAddress address : InetAddress.getAllByName(HostNames.withoutBrackets(host))) {
      ReadAheadSocket made = new ReadAheadSocket();
      synchronized (this) {
        if (closed) {
          throw new IOException("closed");
        }
        socket = made;
      }
      try {
        made.setTcpNoDelay(true);
        made.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
        keepAlive(made);
        return made;
      } catch (ConnectException | NoRouteToHostException | SocketTimeoutException e) {
        made.close();
        problem = e;
      } catch (IOException e) {
        made.close();
        problem = withCause(new ConnectException(e.getMessage()), e);
      }
    }
    throw problem;
  }

  private static void keepAlive(Socket made) throws IOException {
    made.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    Set<SocketOption<?>> supported = made.supportedOptions();
    if (supported.contains(ExtendedSocketOptions.TCP_KEEPIDLE)) { // otherwise after two hours
      made.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_ALIVE_SECONDS);
      made.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_ALIVE_EVERY);
      made.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_ALIVE_TRIES);
    }
  }

  /** Connects to the server through a proxy. */
  private Socket through(URI proxy, ReadAheadSocket raw) throws IOException {
    ProxyTunnel tunnel = new ProxyTunnel(proxy);
    if (ProxyTunnel.isSocks(proxy)) {
      tunnel.connectSocks(raw, server.getHost(), ServerUrls.port(server));
      return raw;
    }
    Socket way = ProxyTunnel.isEncrypted(proxy) ? encryptForProxy(proxy, raw) : raw;
    if (isEncrypted(server)) {
      DefaultBHttpClientConnection asking = unbound();
      asking.bind(way);
      String target = server.getHost() + ":" + ServerUrls.port(server);
      tunnel.connect(asking, target, proxies.connectHeaders());
    }
    return way;
  }

  /** Uses the CAs and the client certificate of the settings, as Go does. */
  private SSLSocket encryptForProxy(URI proxy, Socket raw) throws IOException {
    String host = HostNames.withoutBrackets(proxy.getHost());
    try {
      return encrypt(raw, tls.proxyContext(), host, ProxyTunnel.port(proxy));
    } catch (IOException e) {
      URI shown = URI.create("https://" + proxy.getHost() + ":" + ProxyTunnel.port(proxy));
      throw isTimeout(e)
          ? ProxyTunnel.at(proxy, "no answer")
          : ProxyTunnel.at(proxy, ConnectionFailures.explain(e, shown, ""));
    }
  }

  private SSLSocket encrypt(Socket way, SSLContext context, String host, int port)
      throws IOException {
    SSLSocket made = (SSLSocket) context.getSocketFactory().createSocket(way, host, port, true);
    SSLParameters parameters = made.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    List<String> versions = settings.versions();
    if (!versions.isEmpty()) {
      parameters.setProtocols(versions.toArray(new String[0]));
    }
    made.setSSLParameters(parameters);
    made.startHandshake();
    return made;
  }

  /**
   * Closes the socket below TLS immediately, because closing TLS would write first, which may
   * block.
   */
  void close() {
    Socket open;
    synchronized (this) {
      closed = true;
      open = socket;
    }
    connecting.cancel(false);
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e); // A socket throws none.
      }
    }
  }
}
