package io.promdisco.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the targets over HTTP: Prometheus's targets API, HTTP service discovery, metrics, health
 * and a page. It asks nobody who they are, so it is meant for the machine itself or a network that
 * is trusted.
 *
 * <p>Its threads are daemons whose names begin with {@code sd-http}. Safe for all threads.
 */
public final class PromdiscoServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PromdiscoServer.class);

  /**
   * One thread accepts, one selects; the others answer, and a client that reads slowly holds one.
   * They are made when they are needed.
   */
  private static final int MAX_THREADS = 64;

  /** A client that neither reads nor writes for this long is let go. */
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(15);

  /** Connections at once; further ones wait until one ends. */
  private static final int MAX_CONNECTIONS = 256;

  /** How long requests that are being answered may go on after {@link #close}. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

  private final Options options;
  private final Server server;
  private final int port;

  /**
   * Where to listen.
   *
   * @param host a name or an address of this machine
   * @param port 0 to 65535; 0: one that is free
   */
  public record Options(String host, int port) {
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

  private PromdiscoServer(Options options, ServerConnector connector) {
    this.options = options;
    this.server = connector.getServer();
    this.port = connector.getLocalPort();
  }

  private static ServerConnector build(Options options, Backend backend) {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 2);
    threads.setName("sd-http");
    threads.setDaemon(true);
    threads.setReservedThreads(0);
    Server server =
        new Server(threads, new ScheduledExecutorScheduler("sd-http-timer", true), null);
    server.setStopTimeout(STOP_TIMEOUT.toMillis());
    server.setHandler(new GracefulHandler(servlets(backend)));
    ServerConnector connector =
        new ServerConnector(server, null, null, null, 1, 1, new HttpConnectionFactory(http()));
    connector.setHost(options.host());
    connector.setPort(options.port());
    connector.setShutdownIdleTimeout(100);
    connector.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, server));
    return connector;
  }

  private static HttpConfiguration http() {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
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

  private static ServletContextHandler servlets(Backend backend) {
    ServletContextHandler context = new ServletContextHandler("/", false, false);
    context.getServletHandler().setDecodeAmbiguousURIs(true);
    context.addServlet(new ServletHolder(Routes.servlet(backend)), "/*");
    return context;
  }

  /**
   * Starts to listen.
   *
   * @throws ListenException if it cannot: the port is in use, the host is not this machine's
   */
  public static PromdiscoServer start(Options options, Backend backend) throws ListenException {
    InetAddress address = resolve(options);
    ServerConnector connector = build(options, backend);
    try {
      connector.open(); // while there is no thread yet
    } catch (IOException e) {
      throw failure(options, e);
    }
    PromdiscoServer started = new PromdiscoServer(options, connector);
    try {
      started.server.start();
    } catch (Exception e) {
      connector.close();
      started.close();
      throw failure(options, e);
    }
    if (!address.isLoopbackAddress()) {
      log.warn(
          "{}: other machines can reach this address, and nobody is asked for a password; listen on"
              + " 127.0.0.1 where they need not",
          started.url());
    }
    return started;
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
    return "http://" + (everywhere ? "localhost" : bracketed(options.host())) + ":" + port();
  }

  /** The port it listens on; after {@link #close}, that it listened on. */
  public int port() {
    return port;
  }

  private static String bracketed(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  /**
   * Stops listening, gives requests that are being answered three seconds to end, and ends the
   * threads. Does nothing when called again.
   */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      log.warn("{}: stopped, but not in order", options.address(), e);
    }
  }
}
