package io.promdisco.server;

import io.promdisco.util.Closer;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.SystemTicker;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.SizeLimitHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.slf4j.Logger;

/**
 * Serves the targets over HTTP: Prometheus's targets API, HTTP service discovery, metrics, health
 * and a page. Unless its {@link WebSettings} say otherwise it asks nobody who they are, and is
 * meant for the machine itself or a network that is trusted.
 *
 * <p>Its threads are daemons whose names begin with {@code sd-http}. Safe for all threads.
 */
public final class PromdiscoServer implements AutoCloseable {
  private static final Logger log = EscapingLogger.of(PromdiscoServer.class);

  /**
   * One thread accepts, one selects; the others answer, and a client that reads slowly holds one.
   * They are made when they are needed.
   */
  private static final int MAX_THREADS = 64;

  /** A target with all its labels fits, as {@code relabel_steps} takes it. */
  private static final int MAX_HEADER_BYTES = 64 << 10;

  /** No request needs a body. */
  private static final long MAX_BODY_BYTES = 64 << 10;

  /** Those of streams included. */
  private static final int MAX_CONNECTIONS = 2000;

  /** Who neither sends nor reads for so long is dropped. */
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

  /** How long requests that are being answered may go on after {@link #close}. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

  private final Options options;
  private final Server server;
  private final Closer live;
  private final int port;

  /**
   * Where to listen.
   *
   * @param host a name or an address of this machine
   * @param port 0 to 65535; 0: one that is free
   * @param web who may reach it, and how
   */
  public record Options(String host, int port, WebSettings web) {
    /** Where to listen for anybody, without TLS. */
    public Options(String host, int port) {
      this(host, port, WebSettings.OPEN);
    }

    /** Checks the port. */
    public Options {
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException("port: " + port + " (expected 0 to 65535)");
      }
    }

    private String address() {
      return bracketed(host) + ":" + port;
    }
  }

  private PromdiscoServer(Options options, ServerConnector connector, Closer live) {
    this.options = options;
    this.live = live;
    this.server = connector.getServer();
    this.port = connector.getLocalPort();
  }

  private static ServerConnector build(Options options, Backend backend, LiveState state) {
    // With a queue of the JDK's: Jetty's own would ask the JVM's MBeans for something, and so make
    // them all.
    QueuedThreadPool threads =
        new QueuedThreadPool(MAX_THREADS, 2, 60_000, new LinkedBlockingQueue<>());
    threads.setName("sd-http");
    threads.setDaemon(true);
    threads.setReservedThreads(0);
    Server server =
        new Server(threads, new ScheduledExecutorScheduler("sd-http-timer", true), null);
    server.setStopTimeout(STOP_TIMEOUT.toMillis());
    server.setHandler(
        new GracefulHandler(limited(options.web(), new Front(new Routes(backend, state)))));
    server.setErrorHandler(Front::refuse);
    server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, server));
    ServerConnector connector =
        new ServerConnector(server, null, null, null, 1, 1, protocols(options.web()));
    connector.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    connector.setHost(options.host());
    connector.setPort(options.port());
    connector.setShutdownIdleTimeout(100);
    server.addConnector(connector);
    return connector;
  }

  private static Handler limited(WebSettings web, Handler inner) {
    SizeLimitHandler sized = new SizeLimitHandler(MAX_BODY_BYTES, -1);
    sized.setHandler(inner);
    return web == WebSettings.OPEN ? sized : new Gate(web, sized);
  }

  private static ConnectionFactory[] protocols(WebSettings web) {
    HttpConnectionFactory plain = new HttpConnectionFactory(http());
    if (!web.speaksTls()) {
      return new ConnectionFactory[] {plain};
    }
    // Which name the client meant does not matter: there is one certificate.
    plain.getHttpConfiguration().addCustomizer(new SecureRequestCustomizer(false));
    return new ConnectionFactory[] {
      new SslConnectionFactory(new ServerTls(web), plain.getProtocol()), plain
    };
  }

  private static HttpConfiguration http() {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MAX_HEADER_BYTES);
    http.setHttpCompliance(HttpCompliance.STRICT);
    // Names of jobs are free: %2F, %25 and // in a path are parts of them.
    http.setUriCompliance(
        UriCompliance.from(
            EnumSet.of(
                UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
                UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
                UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT)));
    return http;
  }

  /**
   * Starts to listen.
   *
   * @throws ListenException if it cannot: the port is in use, the host is not this machine's
   */
  public static PromdiscoServer start(Options options, Backend backend) throws ListenException {
    Closer live = new Closer();
    try {
      SystemTicker ticker = live.add(new SystemTicker());
      LiveState state = live.add(new LiveState(backend, ticker, LiveState.Limits.DEFAULT));
      return start(options, backend, state, live);
    } catch (ListenException | RuntimeException e) {
      live.close();
      throw e;
    }
  }

  /** Starts to listen; when it is closed, it closes {@code live} first. */
  static PromdiscoServer start(Options options, Backend backend, LiveState state, Closer live)
      throws ListenException {
    InetAddress address = resolve(options);
    ServerConnector connector = build(options, backend, state);
    try {
      connector.open(); // while there is no thread yet
    } catch (IOException e) {
      throw failure(options, e);
    }
    PromdiscoServer started = new PromdiscoServer(options, connector, live);
    try {
      started.server.start();
    } catch (Exception e) {
      connector.close();
      started.close();
      throw failure(options, e);
    }
    if (!address.isLoopbackAddress()) {
      warnIfOpen(options.web(), started.url());
    }
    return started;
  }

  private static void warnIfOpen(WebSettings web, String url) {
    if (!web.asksWhoItIs()) {
      log.warn(
          "{}: other machines can reach this address, and nobody is asked for a password or a"
              + " certificate; listen on 127.0.0.1 where they need not, or set --web.config.file",
          url);
    } else if (!web.speaksTls()) {
      log.warn(
          "{}: other machines can reach this address, and passwords travel in the clear; set"
              + " tls_server_config in --web.config.file",
          url);
    }
  }

  private static InetAddress resolve(Options options) throws ListenException {
    try {
      return InetAddress.getByName(options.host());
    } catch (UnknownHostException e) {
      throw new ListenException(
          "listen address: "
              + options.address()
              + ": no such host (expected a name or an address of this machine)",
          e);
    }
  }

  private static ListenException failure(Options options, Exception e) {
    Throwable cause = e instanceof IOException && e.getCause() != null ? e.getCause() : e;
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    String hint = "";
    if (cause instanceof BindException && reason.contains("in use")) {
      hint = " (expected a free port; 0 finds one)";
    } else if (cause instanceof BindException && reason.contains("assign")) {
      hint = " (expected an address of this machine)";
    }
    return new ListenException("listen address: " + options.address() + ": " + reason + hint, e);
  }

  /** Where to reach it from this machine, without a slash at the end. */
  public String url() {
    boolean everywhere = options.host().equals("0.0.0.0") || options.host().equals("::");
    return (options.web().speaksTls() ? "https://" : "http://")
        + (everywhere ? "localhost" : bracketed(options.host()))
        + ":"
        + port();
  }

  /** The port it listens on; after {@link #close}, that it listened on. */
  public int port() {
    return port;
  }

  private static String bracketed(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  /**
   * Stops listening, ends the streams, gives requests that are being answered three seconds to end,
   * and ends the threads. Does nothing when called again.
   */
  @Override
  public void close() {
    try {
      live.close(); // else the streams would go on
      server.stop();
    } catch (Exception e) {
      log.warn("{}: stopped, but not in order", options.address(), e);
    }
  }
}
